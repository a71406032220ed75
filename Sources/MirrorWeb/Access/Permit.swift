// SPDX-License-Identifier: Apache-2.0
internal import TernAPI
internal import WebAccess

/// Whether an admitted request may do what its endpoint does.
///
/// A web page in a browser cannot send this content type to a foreign server without its consent, and a proxy's clients are
/// not on this machine.
struct Permit {
    let endpoint: Endpoint
    let request: Request
    let wantsLogin: Bool

    /// - Returns: what is missing; `nil` where nothing is.
    var refusal: Response? {
        guard case .operator(let otherwise) = endpoint.entry.permission else { return nil }
        return roleRefusal(otherwise) ?? placeRefusal(otherwise) ?? formRefusal
    }

    private func roleRefusal(_ otherwise: Endpoint.Local) -> Response? {
        guard wantsLogin else {
            return otherwise == .sameMachine
                ? nil
                : forbidden(
                    "login-needed",
                    "acts are taken over admin.socket, or over TLS from operators: web.config.file names neither users nor tokens"
                )
        }
        guard let caller = request.caller else { return forbidden("role", "a login is wanted") }
        guard caller.role == .operator else {
            return forbidden("role", "\(caller.name) has the role \(caller.role.rawValue), and this needs operator")
        }
        return nil
    }

    private func placeRefusal(_ otherwise: Endpoint.Local) -> Response? {
        if request.isSecure, wantsLogin { return nil }
        guard otherwise == .sameMachine else {
            return forbidden(
                "tls-needed",
                "acts are taken over admin.socket, or over TLS that ends here: web.config.file has no tls_server_config"
            )
        }
        let isForwarded = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].contains { request.header($0) != nil }
        let isLocal = request.header("Host").map { HostName(parsing: $0)?.isLoopback ?? false } ?? true
        guard request.isFromLoopback, !isForwarded, isLocal else {
            return forbidden(
                "not-local", "without TLS and an operator's login this is answered to programs on the same machine only"
            )
        }
        return nil
    }

    private var formRefusal: Response? {
        let own = (request.isSecure ? "https://" : "http://") + (request.header("Host") ?? "")
        if let origin = request.header("Origin"), origin != own {
            return forbidden("foreign-origin", "another site's page asks")
        }
        guard request.isJSON else {
            return .problem(
                415, "content-type", "Unsupported media type", detail: "Content-Type must be application/json",
                instance: request.path, headers: [("Accept", "application/json")])
        }
        return nil
    }

    private func forbidden(_ kind: String, _ detail: String) -> Response {
        .problem(403, kind, "Forbidden", detail: detail, instance: request.path)
    }
}
