// SPDX-License-Identifier: Apache-2.0
public import Text

/// Elements of a report that may be many: read as an array, or made one at a time while they are written, so that a
/// report of a million partitions is in memory once.
public struct Rows<Element: APIValue>: APIValue, RandomAccessCollection {
    private let made: @Sendable (Int) -> Element
    public let endIndex: Int

    public init(_ elements: [Element]) { self.init(count: elements.count) { elements[$0] } }

    /// - Parameter made: the element at an index; called whenever it is asked for.
    public init(count: Int, made: @escaping @Sendable (Int) -> Element) {
        endIndex = count
        self.made = made
    }

    public init(from decoder: any Decoder) throws { self.init(try [Element](from: decoder)) }

    public var startIndex: Int { 0 }
    public subscript(index: Int) -> Element { made(index) }

    public static func == (left: Rows, right: Rows) -> Bool { left.elementsEqual(right) }

    public static var schema: JSONValue { [Element].schema }
    public static var typeName: String { [Element].typeName }
    public static var parts: [DocumentDescription] { Element.parts }
    public func write(to json: inout JSONWriter) {
        json.array { json in for element in self { element.write(to: &json) } }
    }
    public var tree: JSONValue { .array(map(\.tree)) }
}
