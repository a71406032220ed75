// SPDX-License-Identifier: Apache-2.0

/// A bearer token in the clear, as a secret is mounted into a container.
public enum TokenFile {
    /// - Returns: the token without the blanks and line ends around it; `nil` where that is empty or holds anything but printable ASCII.
    public static func token(in content: [UInt8]) -> [UInt8]? {
        let token = Array(content.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed())
        return !token.isEmpty && token.allSatisfy { (0x21...0x7E).contains($0) } ? token : nil
    }
}
