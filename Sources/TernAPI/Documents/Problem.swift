// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

/// Why a request was not answered, as RFC 9457 has it; `Content-Type: application/problem+json`.
public struct Problem: Document {
    public static let name = "Problem"
    public enum CodingKeys: String, CodingKey, CaseIterable { case type, title, status, detail, instance }
    public typealias Key = CodingKeys
    public static let members: [Member<Problem>] = [
        .init(.type, \.type, "`urn:tern:problem:` and a word that stays the same, for programs"),
        .init(.title, \.title, "what kind of problem it is"),
        .init(.status, \.status, "the HTTP status"),
        .init(.detail, \.detail, "what was wrong and what is expected, in a sentence"),
        .init(.instance, \.instance, "the path that was asked for", omitsNull: true),
    ]

    public var type: String
    public var title: String
    public var status: Int64
    public var detail: String
    public var instance: String?

    /// - Parameter kind: the word behind `urn:tern:problem:`.
    public init(kind: String, title: String, status: Int, detail: String, instance: String?) {
        type = "urn:tern:problem:\(kind)"
        self.title = title
        self.status = Int64(status)
        self.detail = detail
        self.instance = instance
    }

    /// What an answer says is wrong, also that of a server which is no Tern; `nil` where it says nothing.
    public static func detail(in body: [UInt8]) -> String? {
        struct Loose: Decodable {
            let title: String?
            let detail: String?
        }
        let problem = try? JSONDecoder().decode(Loose.self, from: Data(body))
        return problem?.detail ?? problem?.title
    }
}
