// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import Mirroring

/// The tables of docs/topics-as-code.md, printed from what reads the files.
public enum TopicFileReference {
    /// Each table by the name of its place in the document.
    public static var tables: [(name: String, text: String)] {
        [("keys", keys), ("settings", settings), ("risks", risks)]
    }

    /// A document with its tables replaced: each is between `<!-- name -->` and `<!-- end -->`.
    public static func updated(_ document: String) -> String {
        var result = document
        for (name, text) in tables {
            let start = "<!-- \(name) -->\n"
            guard let opening = result.firstRange(of: start),
                let closing = result[opening.upperBound...].firstRange(of: "<!-- end -->")
            else { continue }
            result.replaceSubrange(opening.upperBound..<closing.lowerBound, with: text)
        }
        return result
    }

    private static var keys: String {
        let rows = TopicFileKey.all.map { key in
            "| `\(key.name)` | \(places(key)) | \(key.summary) |\n"
        }
        return "| key | where | what |\n|---|---|---|\n" + rows.joined()
    }

    private static var settings: String {
        let rows = TopicSettingCatalogue.settings.map { setting in
            let gone = setting.isDroppedByKafka4 ? " Gone since Kafka 4.0." : ""
            return "| `\(setting.name)` | \(kind(setting)) | \(setting.summary)\(gone) |\n"
        }
        return "| setting | value | what |\n|---|---|---|\n" + rows.joined()
    }

    private static var risks: String {
        let rows = RiskClass.allCases.map { "| `\($0.rawValue)` | \($0.summary) |\n" }
        return "| class | what may happen |\n|---|---|\n" + rows.joined()
    }

    private static func places(_ key: TopicFileKey) -> String {
        let names: [(TopicFileKey.Place, String)] = [
            (.document, "file"), (.topic, "topic"), (.cluster, "topic on a cluster"), (.defaults, "defaults"),
        ]
        return names.filter { key.places.contains($0.0) }.map(\.1).joined(separator: ", ")
    }

    private static func kind(_ setting: TopicSetting) -> String {
        let kind =
            switch setting.kind {
            case .duration: "duration"
            case .size: "size"
            case .count(let minimum, let maximum):
                maximum < 2_147_483_647 ? "number, \(minimum) to \(maximum)" : "number from \(minimum)"
            case .ratio: "number, 0 to 1"
            case .flag: "true, false"
            case .choice(let words): words.joined(separator: ", ")
            case .list(let words): "list of \(words.joined(separator: ", "))"
            case .throttledReplicas: "partition:broker, …"
            case .text: "text"
            }
        // The second word for the same number is only for reading.
        var seen: Set<String> = []
        let words = setting.words.filter { seen.insert($0.raw).inserted }.map(\.word)
        return ([kind] + words).joined(separator: ", ")
    }
}
