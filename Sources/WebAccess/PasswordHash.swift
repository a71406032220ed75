// SPDX-License-Identifier: Apache-2.0
internal import CCrypt

/// A password's bcrypt hash, `$2y$10$…`, as `htpasswd -nB` prints it.
public struct PasswordHash: Sendable, Hashable {
    /// Each step doubles the time; 15 takes about two seconds, and logins wait in one line.
    public static let costs = 4...15
    /// bcrypt reads no further: a longer password would match by its beginning.
    static let longestPassword = 72

    public let text: String
    public let cost: Int

    /// Why a text is no hash that is taken.
    public enum Problem: Error, Equatable { case noHash, tooCostly }

    public init(_ text: String) throws(Problem) {
        let bytes = Array(text.utf8)
        let kinds = ["$2a$", "$2b$", "$2y$"]
        guard bytes.count == 60, kinds.contains(where: text.hasPrefix), bytes[6] == UInt8(ascii: "$"),
            let cost = Int(String(decoding: bytes[4..<6], as: UTF8.self)), bytes[7...].allSatisfy(Self.isDigit)
        else { throw .noHash }
        guard Self.costs.contains(cost) else { throw cost < Self.costs.lowerBound ? .noHash : .tooCostly }
        self.text = text
        self.cost = cost
    }

    /// Blocks for as long as the cost wants. The corresponding C function is `crypt_r`.
    public func matches(_ password: [UInt8]) -> Bool {
        guard password.count <= Self.longestPassword, !password.contains(0) else { return false }
        return (password + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { tern_password_matches($0.baseAddress, text) == 1 }
        }
    }

    /// bcrypt's own base 64.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
