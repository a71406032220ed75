// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
public import Text

/// A document that says of what kind and version it is.
public protocol ReportDocument: Document {}

extension ReportDocument {
    /// `version` of all that this release writes and reads.
    public static var version: Int64 { 1 }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            writeHead(to: &json)
            writeMembers(to: &json)
        }
    }

    private func writeHead(to json: inout JSONWriter) {
        json["kind"] = .string(Self.name)
        json["version"] = .integer(Self.version)
    }

    /// The document, and a short number for its content: it is another one when anything but a volatile member is.
    public var encoded: (bytes: [UInt8], content: Fingerprint) {
        var json = JSONWriter()
        var content = Fingerprint()
        var counted = 0
        json.object { json in
            writeHead(to: &json)
            for member in Self.members {
                guard member.isVolatile else {
                    member.write(self, &json)
                    continue
                }
                content.add(bytes: json.bytes[counted...])
                member.write(self, &json)
                counted = json.bytes.count
            }
        }
        content.add(bytes: json.bytes[counted...])
        return (json.bytes + [UInt8(ascii: "\n")], content)
    }

    public static var schema: JSONValue {
        let kind: JSONValue = ["const": .string(name)]
        return schema(extra: [
            .init(name: "kind", value: kind), .init(name: "version", value: ["const": .integer(version)]),
        ])
    }

    /// Of the members by themselves, without kind and version, or null: the `data` of what the CLI prints.
    public static var dataSchema: JSONValue { schema(extra: []).setting(["type": ["object", "null"]]) }

    /// Reads a document.
    ///
    /// - Throws: what it is instead.
    public init(json bytes: [UInt8]) throws(DocumentProblem) {
        do {
            self = try JSONDecoder().decode(Versioned<Self>.self, from: Data(bytes)).document
        } catch let problem as DocumentProblem {
            throw problem
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw .notJSON
        } catch {
            throw .malformed(DocumentProblem.place(of: error))
        }
    }
}

/// Looks at kind and version before anything else is read.
private struct Versioned<Content: ReportDocument>: Decodable {
    enum CodingKeys: String, CodingKey { case kind, version }
    let document: Content

    init(from decoder: any Decoder) throws {
        let head = try? decoder.container(keyedBy: CodingKeys.self)
        guard let head, (try? head.decode(String.self, forKey: .kind)) == Content.name else {
            throw DocumentProblem.otherKind
        }
        guard (try? head.decode(Int64.self, forKey: .version)) == Content.version else {
            throw DocumentProblem.otherVersion
        }
        document = try Content(from: decoder)
    }
}

/// Why bytes are not the document that was expected.
public enum DocumentProblem: Error, Equatable {
    case notJSON
    /// It does not say that it is of this kind.
    case otherKind
    case otherVersion
    /// A member is missing or of another type; which, as `flows/0/lag_records`.
    case malformed(String)

    fileprivate static func place(of error: any Error) -> String {
        let path: [any CodingKey] =
            switch error {
            case DecodingError.keyNotFound(let key, let context): context.codingPath + [key]
            case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context):
                context.codingPath
            default: []
            }
        return path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
    }
}
