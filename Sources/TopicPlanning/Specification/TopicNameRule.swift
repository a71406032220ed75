// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import KafkaTypes

/// What Kafka takes as the name of a topic.
public enum TopicNameRule {
    /// In bytes.
    public static let longest = 249

    /// Why a name is refused by Kafka; `nil` for a good one.
    public static func problem(with name: TopicName) -> String? {
        let text = name.rawValue
        if text.isEmpty { return "a topic's name is empty" }
        if text == "." || text == ".." { return "\"\(text)\" is no name for a topic" }
        if let bad = text.unicodeScalars.first(where: { !isAllowed($0) }) {
            let shown = PrintableText.line(String(Character(bad)))
            return "the topic's name \"\(PrintableText.line(text))\" has the character \"\(shown)\", "
                + "and Kafka takes letters, digits, \".\", \"_\" and \"-\""
        }
        if text.utf8.count > longest {
            return "the topic's name has \(text.utf8.count) characters, and Kafka takes \(longest) at most"
        }
        return nil
    }

    /// The form in which two names that collide in Kafka are equal: metrics know no dots, so
    /// `a.b` and `a_b` would be counted as one.
    public static func collisionKey(_ name: TopicName) -> TopicName {
        TopicName(String(name.rawValue.map { $0 == "." ? "_" : $0 }))
    }

    /// Kafka's own topics: the group coordinator's and its like.
    public static func belongsToKafka(_ name: TopicName) -> Bool { name.rawValue.hasPrefix("__") }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
        default: false
        }
    }
}
