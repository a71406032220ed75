// SPDX-License-Identifier: Apache-2.0

/// Where the server listens: `127.0.0.1:9470`, `[::1]:0`, `localhost:9470`, `:9470` for every address of the machine.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// An address or a name, without the brackets of IPv6; `nil` is every address.
    public var host: String?
    /// 0 lets the system choose.
    public var port: UInt16

    public init(host: String?, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads the value of `http.listen`.
    /// - Throws: what is wrong and what is expected, in a sentence.
    public init(parsing text: String) throws(ListenAddressProblem) {
        guard let colon = text.lastIndex(of: ":") else {
            throw ListenAddressProblem("'\(text)' has no port: expected host:port, such as 127.0.0.1:9470")
        }
        let port = text[text.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(port) else {
            throw ListenAddressProblem("'\(port)' is no port: expected a number from 0 to 65535")
        }
        self.port = port
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else {
                throw ListenAddressProblem("'\(host)' in brackets is no IPv6 address: expected such as [::1]:9470")
            }
        } else if host.contains(":") {
            throw ListenAddressProblem("'\(text)': an IPv6 address stands in brackets, such as [::1]:9470")
        }
        guard host.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && !"/?#@[]".unicodeScalars.contains($0) })
        else {
            throw ListenAddressProblem("'\(host)' is no host name or address")
        }
        self.host = host.isEmpty || host == "*" ? nil : String(host)
    }

    public var description: String {
        guard let host else { return ":\(port)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// A URL at which this machine itself reaches the server.
    public var localURL: String {
        let host =
            switch host {
            case nil, "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            case let host?: host
            }
        return "http://" + ListenAddress(host: host, port: port).description
    }
}

/// Why a text is no address to listen on.
public struct ListenAddressProblem: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
