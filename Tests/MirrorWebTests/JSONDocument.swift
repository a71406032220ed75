// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A JSON answer, read by a parser that is not ours.
struct JSONDocument {
    let value: Any?

    init(_ bytes: [UInt8]) throws { value = try JSONSerialization.jsonObject(with: Data(bytes)) }

    private init(value: Any?) { self.value = value }

    subscript(_ key: String) -> JSONDocument { JSONDocument(value: (value as? [String: Any])?[key]) }
    subscript(_ index: Int) -> JSONDocument {
        guard let list = value as? [Any], list.indices.contains(index) else { return JSONDocument(value: nil) }
        return JSONDocument(value: list[index])
    }

    var string: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var flag: Bool? { value as? Bool }
    /// Present, and null.
    var isNull: Bool { value is NSNull }
    var count: Int { (value as? [Any])?.count ?? 0 }
    var keys: Set<String> { Set((value as? [String: Any])?.keys.map { $0 } ?? []) }
    var strings: [String] { value as? [String] ?? [] }
    var array: [JSONDocument] { map { $0 } }
    func map<Result>(_ body: (JSONDocument) -> Result) -> [Result] {
        ((value as? [Any]) ?? []).map { body(JSONDocument(value: $0)) }
    }
}
