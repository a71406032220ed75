// SPDX-License-Identifier: Apache-2.0
internal import WebAccess

/// One request, complete with its body.
public struct Request: Sendable {
    public var method: String
    /// Percent-decoded, without the query.
    public var path: String
    /// Decoded, in the order of the URL; a parameter without `=` has an empty value.
    public var query: [(name: String, value: String)]
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// The other end is this machine.
    public var isFromLoopback: Bool
    /// The user at the other end of a Unix socket, as the kernel knows it; `nil` of any other connection.
    public var peerUser: UInt32?
    /// The address at the other end, as numbers; `nil` of a Unix socket.
    public var peerAddress: String?
    /// It came over TLS that ends here.
    public var isSecure = false
    /// Who asks, when that was verified.
    var caller: Caller?

    public init(
        _ method: String = "GET", _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        isFromLoopback: Bool = true
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = PercentEncoding.decode(parts[0]) ?? String(parts[0])
        query = parts.count == 2 ? PercentEncoding.decodeQuery(parts[1]) ?? [] : []
        self.headers = headers
        self.body = body
        self.isFromLoopback = isFromLoopback
    }

    /// The first header of that name, any case.
    public func header(_ name: String) -> String? { headerValues(name).first }

    public func headerValues(_ name: String) -> [String] {
        let wanted = name.lowercased()
        return headers.filter { $0.name.lowercased() == wanted }.map(\.value)
    }

    /// The first parameter of that name.
    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// Percent-encoding of URLs.
enum PercentEncoding {
    /// - Returns: `nil` for a stray `%`, for bytes that are no UTF-8, and for an encoded NUL, which nobody means well.
    static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hex), let low = rest.popFirst().flatMap(hex) else { return nil }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// - Returns: `nil` when a part is malformed.
    static func decodeQuery(_ text: some StringProtocol) -> [(name: String, value: String)]? {
        var result: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(spaced(halves[0])), let value = decode(spaced(halves.count == 2 ? halves[1] : ""))
            else { return nil }
            result.append((name, value))
        }
        return result
    }

    /// In a query, `+` is a space.
    private static func spaced(_ text: some StringProtocol) -> String {
        String(text.map { $0 == "+" ? " " : $0 })
    }

    private static func hex(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
