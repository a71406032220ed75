// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration

/// Where a daemon's HTTP listener is.
struct DaemonAddress: Sendable, Equatable, CustomStringConvertible {
    var host: String
    var port: UInt16
    /// What stands before every path, without a slash at its end; for a daemon behind a proxy.
    var prefix = ""
    /// By TLS.
    var isSecure = false

    /// Reads `https://host:port/prefix`, `http://…`, `host:port`, `[::1]:9470`, `host`.
    ///
    /// - Throws: a usage failure that says what is wrong.
    init(url: String) throws(CommandFailure) {
        var rest = Substring(url)
        var isSecure = false
        if let separator = rest.range(of: "://") {
            let scheme = rest[..<separator.lowerBound].lowercased()
            guard ["http", "https"].contains(scheme) else {
                throw .usage(
                    "--url: '\(url)': only http:// and https:// are spoken here", hint: "name the daemon's own listener"
                )
            }
            isSecure = scheme == "https"
            rest = rest[separator.upperBound...]
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
        while path.hasSuffix("/") { path = path.dropLast() }
        guard let (host, port) = Self.split(authority) else {
            throw .usage("--url: '\(url)' is no address", hint: "write for example http://127.0.0.1:9470")
        }
        self.init(host: host, port: port, prefix: String(path), isSecure: isSecure)
    }

    /// A listener on every address is reached through the loopback one.
    init(host: String, port: UInt16, prefix: String = "", isSecure: Bool = false) {
        switch host {
        case "", "0.0.0.0", "*": self.host = "127.0.0.1"
        case "::": self.host = "::1"
        default: self.host = host
        }
        self.port = port
        self.prefix = prefix
        self.isSecure = isSecure
    }

    /// What is sent there does not leave this machine, or is not read on the way.
    var keepsSecrets: Bool { isSecure || ListenAddress(host: host, port: port).isLoopback }

    /// `127.0.0.1:9470`: what the Host header and messages say.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    var description: String { (isSecure ? "https://" : "http://") + "\(authority)\(prefix)" }

    private static func split(_ authority: Substring) -> (String, UInt16)? {
        guard !authority.contains(where: { $0.isWhitespace || $0 == "@" }) else { return nil }
        let host: Substring
        var rest: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority[host.endIndex...]
        }
        guard !host.isEmpty else { return nil }
        if rest.isEmpty { return (String(host), 9470) }
        guard rest.removeFirst() == ":", let port = UInt16(rest), port > 0 else { return nil }
        return (String(host), port)
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Substring.Index>? { ranges(of: text).first }
}
