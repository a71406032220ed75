// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
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

/// What the client's certificate of a TLS connection is worth: 1 verified, 0 none was shown, -1 one that does not hold. MHD asks for
/// one where it has authorities, and leaves it to its caller to look.
static inline int tern_client_certificate(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *information =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned int count = 0, status = 0;
    if (!information || !information->tls_session) return 0;
    gnutls_session_t session = information->tls_session;
    if (!gnutls_certificate_get_peers(session, &count) || count == 0) return 0;
    gnutls_typed_vdata_st purpose = {GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT, 0};
    if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) != 0) return -1;
    return status == 0 ? 1 : -1;
}

static inline int tern_is_secure(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *information =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return information && information->tls_session;
}

static inline int tern_speaks_tls(void) { return MHD_is_feature_supported(MHD_FEATURE_TLS) == MHD_YES; }
