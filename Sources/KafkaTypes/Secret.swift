// SPDX-License-Identifier: Apache-2.0

/// A value that must not be shown: it prints as dots and cannot be encoded.
public struct Secret<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let value: Value

    public init(_ value: Value) { self.value = value }

    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }

    /// The value itself; for the code that hands it to a client, and nothing else.
    public func reveal() -> Value { value }
}

extension Secret: Equatable where Value: Equatable {
    public static func == (left: Self, right: Self) -> Bool { left.value == right.value }
}
