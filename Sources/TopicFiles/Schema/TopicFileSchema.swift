// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import Mirroring
internal import Text

/// The JSON Schema of topic files, for editors: printed from the tables that read them.
public enum TopicFileSchema {
    /// `docs/schemas/topic-file.schema.json`. A file with several documents is several values of this schema.
    public static var text: String { root.text + "\n" }

    private static let root: JSONValue = .members([
        ("$schema", "https://json-schema.org/draft/2020-12/schema"),
        ("title", "Tern topic file"),
        ("description", "One topic, a list of topics, or a set of topics with what they share."),
        (
            "anyOf",
            .array([
                reference("file"), reference("topic"), .members([("type", "array"), ("items", reference("topic"))]),
            ])
        ),
        (
            "$defs",
            .members([
                ("file", object(.document, required: [])),
                ("topic", object(.topic, required: ["name"])),
                ("cluster", object(.cluster, required: [])),
                ("defaults", object(.defaults, required: [])),
                ("settings", settings),
                ("duration", quantity(durationPattern)),
                ("size", quantity(#"^[0-9]+(\.[0-9]+)? ?(B|kB|KB|MB|GB|TB|PB|KiB|MiB|GiB|TiB|PiB|bytes?)$"#)),
            ])
        ),
    ])

    private static let durationPattern =
        #"^([0-9]+(\.[0-9]+)? ?(ms|s|m|h|d|w|millis|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?) ?)+$"#

    private static func object(_ place: TopicFileKey.Place, required: [String]) -> JSONValue {
        let keys = TopicFileKey.all.filter { $0.places.contains(place) }
        var members: [(key: String, value: JSONValue)] = [
            ("type", "object"), ("additionalProperties", .bool(false)),
            (
                "properties",
                .members(keys.map { ($0.name, described(shape(of: $0), $0.summary)) })
            ),
        ]
        if !required.isEmpty { members.append(("required", .array(required.map { .string($0) }))) }
        return .members(members)
    }

    private static func shape(of key: TopicFileKey) -> [(key: String, value: JSONValue)] {
        switch key.shape {
        case .text where key.name == "name":
            [("type", "string"), ("pattern", #"^[a-zA-Z0-9._-]{1,249}$"#)]
        case .text: [("type", "string")]
        case .wholeNumber:
            [
                (
                    "anyOf",
                    .array([
                        .members([("type", "integer"), ("minimum", .integer(1))]), .members([("const", "default")]),
                    ])
                )
            ]
        case .words:
            [
                (
                    "anyOf",
                    .array([
                        .members([("type", "string")]),
                        .members([
                            ("type", "array"), ("minItems", .integer(1)), ("items", .members([("type", "string")])),
                        ]),
                    ])
                )
            ]
        case .labels:
            [
                ("type", "object"),
                ("additionalProperties", .members([("type", .array(["string", "number", "boolean"]))])),
            ]
        case .settings: [("$ref", "#/$defs/settings")]
        case .defaults: [("$ref", "#/$defs/defaults")]
        case .body: [("type", "object"), ("additionalProperties", reference("cluster"))]
        case .topics: [("type", "array"), ("items", reference("topic"))]
        case .state: [("enum", .array(["present", "absent"]))]
        }
    }

    private static var settings: JSONValue {
        .members([
            ("type", "object"),
            ("description", "Other names are for brokers that know more than Apache Kafka 3.9 to 4.3."),
            (
                "properties",
                .members(TopicSettingCatalogue.settings.map { ($0.name, described(shape(of: $0), $0.summary)) })
            ),
        ])
    }

    private static func shape(of setting: TopicSetting) -> [(key: String, value: JSONValue)] {
        var choices: [JSONValue] = []
        switch setting.kind {
        case .duration: choices = [reference("duration")]
        case .size: choices = [reference("size")]
        case .count(let minimum, let maximum):
            var number: [(key: String, value: JSONValue)] = [("type", "integer"), ("minimum", .integer(minimum))]
            if maximum < .max { number.append(("maximum", .integer(maximum))) }
            choices = [.members(number)]
        case .ratio: choices = [.members([("type", "number"), ("minimum", .integer(0)), ("maximum", .integer(1))])]
        case .flag: choices = [.members([("type", "boolean")])]
        case .choice(let words): choices = [.members([("enum", .array(words.map { .string($0) }))])]
        case .list(let words):
            let word: JSONValue = .members([("enum", .array(words.map { .string($0) }))])
            let either = "(\(words.joined(separator: "|")))"
            choices = [
                .members([("type", "array"), ("items", word), ("uniqueItems", .bool(true))]),
                .members([("type", "string"), ("pattern", .string("^\(either)( *, *\(either))*$"))]),
            ]
        case .throttledReplicas, .text: choices = [.members([("type", .array(["string", "number"]))])]
        }
        let words =
            setting.words.map { JSONValue.string($0.word) }
            + setting.words.filter { !$0.raw.isEmpty }.map { Self.raw($0.raw) } + ["default"]
        return [("anyOf", .array(choices + [.members([("enum", .array(words))])]))]
    }

    private static func quantity(_ pattern: String) -> JSONValue {
        .members([
            (
                "anyOf",
                .array([
                    .members([("type", "integer"), ("minimum", .integer(0))]),
                    .members([("type", "string"), ("pattern", .string(pattern))]),
                ])
            )
        ])
    }

    private static func described(_ members: [(key: String, value: JSONValue)], _ summary: String) -> JSONValue {
        .members([("description", .string(summary))] + members)
    }

    /// A setting's value as Kafka writes it, as the number or flag that it is.
    private static func raw(_ text: String) -> JSONValue {
        if let number = Int64(strict: text) { return .integer(number) }
        return text == "true" || text == "false" ? .bool(text == "true") : .string(text)
    }

    private static func reference(_ name: String) -> JSONValue { .members([("$ref", .string("#/$defs/\(name)"))]) }
}

extension JSONValue {
    fileprivate static func members(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }
}
