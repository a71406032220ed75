// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <microhttpd.h>
#include <sys/socket.h>

/// The address of a connection's other end, which MHD tells by a variadic function that Swift cannot call.
/// Valid as long as the connection.
static inline const struct sockaddr *tern_peer_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *information =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return information ? information->client_addr : 0;
}

/// The user at the other end of a Unix socket, as the kernel knows it (SO_PEERCRED); -1 of any other connection.
static inline long tern_peer_user(struct MHD_Connection *connection) {
    struct { pid_t process; uid_t user; gid_t group; } peer;  // struct ucred, which glibc keeps behind _GNU_SOURCE
    socklen_t length = sizeof peer;
    const union MHD_ConnectionInfo *information =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const struct sockaddr *address = tern_peer_address(connection);
    if (!information || !address || address->sa_family != AF_UNIX) return -1;
    if (getsockopt(information->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    return (long)peer.user;
}
