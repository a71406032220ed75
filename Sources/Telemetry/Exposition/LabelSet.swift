// SPDX-License-Identifier: Apache-2.0

/// Labels of one series, rendered once and reused for every metric that has them.
public struct LabelSet: Sendable, Equatable {
    /// `source="A",target="B"`, escaped, without braces.
    private(set) var bytes: [UInt8] = []
    /// The label names, in order.
    public private(set) var names: [String] = []

    public init(_ labels: KeyValuePairs<String, String> = [:]) {
        for (name, value) in labels { append(name, value) }
    }

    /// These labels and one more behind them.
    public func appending(_ name: String, _ value: String) -> LabelSet {
        var result = self
        result.append(name, value)
        return result
    }

    /// Both formats escape the same three: backslash, quote, newline. Other bytes pass, UTF-8 is what they are in.
    private mutating func append(_ name: String, _ value: String) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        names.append(name)
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: "=\"".utf8)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
