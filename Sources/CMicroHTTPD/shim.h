// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <microhttpd.h>

/// The address of a connection's other end, which MHD tells by a variadic function that Swift cannot call.
/// Valid as long as the connection.
static inline const struct sockaddr *tern_peer_address(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *information =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return information ? information->client_addr : 0;
}
