// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Telemetry
internal import WebAccess

/// The Unix socket on which a daemon takes acts, and answers probes.
public struct AdminServer: Sendable {
    private let acts: AdminActs
    private let probes: HealthProbes?
    private let log: Log

    public init(_ acts: AdminActs, probes: HealthProbes? = nil, log: Log) {
        self.acts = acts
        self.probes = probes
        self.log = log
    }

    /// - Throws: one line that names the path and what to do.
    public func serve(at path: String) throws(HTTPServerError) -> HTTPServer {
        let server = try HTTPServer(
            socket: path, log: log, later: { acts.later($0, by: Actor(peerOf: $0)) },
            respond: { [probes] in probes?.answer($0) ?? AdminActs.refusal(of: $0) })
        log.info(.adminListening, [LogField("socket", path)])
        return server
    }
}

/// Who has something done, for the log.
struct Actor: Sendable, Equatable {
    /// As the status shows it, too.
    let name: String
    let role: String
    /// An address, or `admin.socket`.
    let from: String

    init(name: String, role: String, from: String) {
        self.name = name
        self.role = role
        self.from = from
    }

    /// Whoever may use the socket is the daemon's own user, or root.
    init(peerOf request: Request) { self.init(name: request.peerName, role: "operator", from: "admin.socket") }

    /// - Returns: a program of the same machine where nobody has to log in.
    init(callerOf request: Request) {
        self.init(
            name: request.caller?.name ?? "anonymous", role: request.caller?.role.rawValue ?? "none",
            from: request.peerAddress ?? "unknown")
    }

    var fields: [LogField] { [LogField("who", name), LogField("role", role), LogField("from", from)] }
}

extension Request {
    /// `alice (uid 1000)`: who asks, by the kernel's word.
    fileprivate var peerName: String {
        guard let user = peerUser else { return "unknown" }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(user, &entry, &room, room.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return "uid \(user)"
        }
        return "\(String(cString: name)) (uid \(user))"
    }
}
