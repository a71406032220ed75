// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Whose figures the dashboard joins with this daemon's.
public struct DashboardConfiguration: Sendable, Equatable {
    /// Each of them is asked by a thread of its own.
    static let mostPeers = 64

    public var peers: [PeerAddress]
    /// Path of the file with the token to log in by; `nil` logs in as nobody.
    public var tokenFile: String?
    /// Path of the authorities' certificates, PEM; the system's where `nil`.
    public var authorities: String?

    public init(peers: [PeerAddress] = [], tokenFile: String? = nil, authorities: String? = nil) {
        self.peers = peers
        self.tokenFile = tokenFile
        self.authorities = authorities
    }
}

/// Where another daemon listens.
public struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    public var listener: ListenAddress
    /// By TLS.
    public var isSecure: Bool

    public init(listener: ListenAddress, isSecure: Bool) {
        self.listener = listener
        self.isSecure = isSecure
    }

    /// Reads `http://host:port` and `https://host:port`, with or without a slash at the end; `nil` for anything else.
    public init?(parsing text: String) {
        let secure = "https://", plain = "http://"
        let isSecure = text.hasPrefix(secure)
        guard isSecure || text.hasPrefix(plain) else { return nil }
        var rest = text.dropFirst((isSecure ? secure : plain).count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let legal = rest.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: ".-_:[]%".utf8.contains(byte)
            }
        }
        guard legal, let first = rest.utf8.first, first != UInt8(ascii: ":"),
            let listener = ListenAddress(parsing: String(rest), defaultPort: nil), listener.port > 0
        else { return nil }
        self.init(
            listener: ListenAddress(host: listener.host.lowercased(), port: listener.port), isSecure: isSecure)
    }

    /// What is sent there does not leave this machine, or is not read on the way.
    public var keepsSecrets: Bool { isSecure || listener.isLoopback }

    /// `https://us.example:9470`.
    public var description: String { (isSecure ? "https://" : "http://") + "\(listener)" }
}

/// Reads `dashboard.*`.
struct DashboardReader {
    let values: ValueReader

    func read(hasPage: Bool, _ problems: inout ProblemCollector) -> DashboardConfiguration {
        var dashboard = DashboardConfiguration(tokenFile: path("dashboard.peers.token.file"))
        dashboard.authorities = path("dashboard.peers.ca.file")
        guard let value = values.value("dashboard.peers") else {
            for key in ["dashboard.peers.token.file", "dashboard.peers.ca.file"] {
                guard let value = values.value(key) else { continue }
                problems.warning(value, "means nothing without dashboard.peers, which names the daemons")
            }
            return dashboard
        }
        dashboard.peers = peers(in: value, &problems)
        if !hasPage, !dashboard.peers.isEmpty {
            problems.warning(value, "is shown nowhere: http.listen is none")
        }
        if let token = values.value("dashboard.peers.token.file"), dashboard.tokenFile != nil,
            let open = dashboard.peers.first(where: { !$0.keepsSecrets })
        {
            problems.error(
                token,
                "\(value.shown(open.description)) of dashboard.peers is asked without TLS, and whoever is on the way would read the "
                    + "token: write https://")
        }
        return dashboard
    }

    private func peers(in value: PropertyValue, _ problems: inout ProblemCollector) -> [PeerAddress] {
        var peers: [PeerAddress] = []
        for text in JavaText.list(value.text) {
            guard let peer = PeerAddress(parsing: text) else {
                problems.error(
                    value,
                    "\(value.shown(text)) is no address of a daemon: expected http://host:port or https://host:port, such as "
                        + "https://us.example:9470")
                continue
            }
            guard !peers.contains(peer) else {
                problems.error(value, "names \(value.shown(peer.description)) twice: remove one of them")
                continue
            }
            peers.append(peer)
        }
        if peers.count > DashboardConfiguration.mostPeers {
            problems.error(
                value, "names \(peers.count) daemons: expected at most \(DashboardConfiguration.mostPeers)")
        }
        return peers
    }

    private func path(_ key: String) -> String? {
        guard let path = values.text(key), !path.isEmpty else { return nil }
        return path
    }
}
