// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import Mirroring

/// The JSON Schema of topic files, for editors: printed from the tables that read them.
public enum TopicFileSchema {
    /// `docs/schemas/topic-file.schema.json`. A file with several documents is several values of this schema.
    public static var text: String { JSONText.write(root) }

    private static let root: YAMLValue = .mapping([
        ("$schema", "https://json-schema.org/draft/2020-12/schema"),
        ("title", "Tern topic file"),
        ("description", "One topic, a list of topics, or a set of topics with what they share."),
        (
            "anyOf",
            .list([
                reference("file"), reference("topic"), .mapping([("type", "array"), ("items", reference("topic"))]),
            ])
        ),
        (
            "$defs",
            .mapping([
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

    private static func object(_ place: TopicFileKey.Place, required: [String]) -> YAMLValue {
        let keys = TopicFileKey.all.filter { $0.places.contains(place) }
        var members: [(key: String, value: YAMLValue)] = [
            ("type", "object"), ("additionalProperties", .flag(false)),
            (
                "properties",
                .mapping(keys.map { ($0.name, described(shape(of: $0), $0.summary)) })
            ),
        ]
        if !required.isEmpty { members.append(("required", .list(required.map { .text($0) }))) }
        return .mapping(members)
    }

    private static func shape(of key: TopicFileKey) -> [(key: String, value: YAMLValue)] {
        switch key.shape {
        case .text where key.name == "name":
            [("type", "string"), ("pattern", #"^[a-zA-Z0-9._-]{1,249}$"#)]
        case .text: [("type", "string")]
        case .wholeNumber:
            [
                (
                    "anyOf",
                    .list([.mapping([("type", "integer"), ("minimum", .number(1))]), .mapping([("const", "default")])])
                )
            ]
        case .words:
            [
                (
                    "anyOf",
                    .list([
                        .mapping([("type", "string")]),
                        .mapping([
                            ("type", "array"), ("minItems", .number(1)), ("items", .mapping([("type", "string")])),
                        ]),
                    ])
                )
            ]
        case .labels:
            [
                ("type", "object"),
                ("additionalProperties", .mapping([("type", .list(["string", "number", "boolean"]))])),
            ]
        case .settings: [("$ref", "#/$defs/settings")]
        case .defaults: [("$ref", "#/$defs/defaults")]
        case .body: [("type", "object"), ("additionalProperties", reference("cluster"))]
        case .topics: [("type", "array"), ("items", reference("topic"))]
        case .state: [("enum", .list(["present", "absent"]))]
        }
    }

    private static var settings: YAMLValue {
        .mapping([
            ("type", "object"),
            ("description", "Other names are for brokers that know more than Apache Kafka 3.9 to 4.3."),
            (
                "properties",
                .mapping(TopicSettingCatalogue.settings.map { ($0.name, described(shape(of: $0), $0.summary)) })
            ),
        ])
    }

    private static func shape(of setting: TopicSetting) -> [(key: String, value: YAMLValue)] {
        var choices: [YAMLValue] = []
        switch setting.kind {
        case .duration: choices = [reference("duration")]
        case .size: choices = [reference("size")]
        case .count(let minimum, let maximum):
            var number: [(key: String, value: YAMLValue)] = [("type", "integer"), ("minimum", .number(minimum))]
            if maximum < .max { number.append(("maximum", .number(maximum))) }
            choices = [.mapping(number)]
        case .ratio: choices = [.mapping([("type", "number"), ("minimum", .number(0)), ("maximum", .number(1))])]
        case .flag: choices = [.mapping([("type", "boolean")])]
        case .choice(let words): choices = [.mapping([("enum", .list(words.map { .text($0) }))])]
        case .list(let words):
            let word: YAMLValue = .mapping([("enum", .list(words.map { .text($0) }))])
            let either = "(\(words.joined(separator: "|")))"
            choices = [
                .mapping([("type", "array"), ("items", word), ("uniqueItems", .flag(true))]),
                .mapping([("type", "string"), ("pattern", .text("^\(either)( *, *\(either))*$"))]),
            ]
        case .throttledReplicas, .text: choices = [.mapping([("type", .list(["string", "number"]))])]
        }
        let words =
            setting.words.map { YAMLValue.text($0.word) }
            + setting.words.filter { !$0.raw.isEmpty }.map { .literal($0.raw) } + ["default"]
        return [("anyOf", .list(choices + [.mapping([("enum", .list(words))])]))]
    }

    private static func quantity(_ pattern: String) -> YAMLValue {
        .mapping([
            (
                "anyOf",
                .list([
                    .mapping([("type", "integer"), ("minimum", .number(0))]),
                    .mapping([("type", "string"), ("pattern", .text(pattern))]),
                ])
            )
        ])
    }

    private static func described(_ members: [(key: String, value: YAMLValue)], _ summary: String) -> YAMLValue {
        .mapping([("description", .text(summary))] + members)
    }

    private static func reference(_ name: String) -> YAMLValue { .mapping([("$ref", .text("#/$defs/\(name)"))]) }
}
