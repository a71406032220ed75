// SPDX-License-Identifier: Apache-2.0

extension ListenAddress {
    /// Reads `host:port`, `[v6]:port`, and `:port` or `*:port` for all interfaces.
    ///
    /// - Parameter defaultPort: the port where none is written; `nil` where one must be.
    public init?(parsing text: String, defaultPort: UInt16?) {
        // A listener of a broker may carry its protocol; Java takes and drops it.
        var rest = Substring(text)
        if let scheme = rest.utf8.firstIndex(of: UInt8(ascii: ":")), rest[scheme...].utf8.starts(with: "://".utf8) {
            rest = rest[rest.utf8.index(scheme, offsetBy: 3)...]
        }
        var host: Substring
        var port: Substring?
        if rest.utf8.first == UInt8(ascii: "[") {
            guard let end = rest.utf8.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = rest[rest.utf8.index(after: rest.startIndex)..<end]
            let after = rest[rest.utf8.index(after: end)...]
            if !after.isEmpty {
                guard after.utf8.first == UInt8(ascii: ":") else { return nil }
                port = after.dropFirst()
            }
        } else {
            host = rest
            if let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")) {
                host = rest[..<colon]
                port = rest[rest.utf8.index(after: colon)...]
                // More colons are an IPv6 address without its brackets.
                if host.utf8.contains(UInt8(ascii: ":")) { return nil }
            }
        }
        if host == "*" { host = "0.0.0.0" }
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") })
        else { return nil }
        guard let number = port.map({ UInt16($0) }) ?? defaultPort else { return nil }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: number)
    }
}
