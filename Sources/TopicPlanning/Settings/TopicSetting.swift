// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import Text

/// One setting that Kafka knows for topics: what its value is, and how people write that.
///
/// A value has two forms. The *raw* one is what a broker reads and reports (`604800000`); the *human* one is what people
/// write and are shown (`7d`). Both are accepted everywhere, and JSON carries the raw one.
public struct TopicSetting: Sendable {
    /// What a value is made of. Bounds are those that brokers of 3.9 and 4.3 check.
    public enum Kind: Hashable, Sendable {
        /// Milliseconds.
        case duration(minimum: Int64)
        /// Bytes.
        case size(minimum: Int64, maximum: Int64)
        case count(minimum: Int64, maximum: Int64)
        /// A number from 0 to 1.
        case ratio
        case flag
        case choice([String])
        /// Words in any order, separated by commas.
        case list([String])
        /// `partition:broker,…` or `*`: written by the tool that moves replicas.
        case throttledReplicas
        case text
    }

    /// A word that stands for a number with a meaning of its own, such as `forever` for -1.
    public struct Word: Hashable, Sendable {
        public let word: String
        /// What brokers have instead.
        public let raw: String
    }

    public let name: String
    /// What values it takes, and their unit.
    public let kind: Kind
    /// The first one of a raw value is the one that is written.
    public let words: [Word]
    /// One sentence: what it does.
    public let summary: String
    /// What it is called in `server.properties`, where every topic's default comes from; `nil` when it cannot be set there.
    public let brokerProperty: String?
    /// Kafka 4.0 dropped it: a 4.x broker refuses a topic that is created with it.
    public let isDroppedByKafka4: Bool

    init(
        _ name: String, _ kind: Kind, words: [(String, String)] = [], broker: String?, isDroppedByKafka4: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.words = words.map { Word(word: $0.0, raw: $0.1) }
        self.summary = summary
        self.brokerProperty = broker
        self.isDroppedByKafka4 = isDroppedByKafka4
    }

    /// The raw value of a text in either form.
    ///
    /// Throws a `UnitProblem` that names the setting, what was expected and what to write instead.
    public func raw(_ text: String) throws(UnitProblem) -> String {
        if let known = words.first(where: { $0.word == text.lowercased() || $0.raw == text }) { return known.raw }
        do {
            return try rawValue(text)
        } catch {
            throw UnitProblem("\(name): \(error.reason)\(orWord)")
        }
    }

    /// The human form of a raw value; a raw value that does not fit the kind is given back as it is.
    public func human(_ raw: String) -> String {
        if let known = words.first(where: { $0.raw == (isUnlimitedBelowZero(raw) ? "-1" : raw) }) { return known.word }
        switch kind {
        case .duration:
            guard let value = Int64(strict: raw), value >= 0 else { return raw }
            return DurationText.text(milliseconds: value)
        case .size:
            guard let value = Int64(strict: raw), value >= 0 else { return raw }
            return SizeText.text(bytes: value)
        case .count, .ratio, .flag, .choice, .list, .throttledReplicas, .text:
            return raw
        }
    }

    /// The form in which equal values are equal texts: spelling, spaces and the order of a list do not count.
    public func canonical(_ raw: String) -> String {
        if isUnlimitedBelowZero(raw) { return "-1" }
        switch kind {
        case .duration, .size, .count: return Int64(raw.trimmed).map { "\($0)" } ?? raw.trimmed
        case .ratio: return Double(raw.trimmed).map { "\($0)" } ?? raw.trimmed
        case .flag: return raw.trimmed.lowercased()
        case .list, .throttledReplicas: return Set(Self.elements(raw)).sorted().joined(separator: ",")
        case .choice, .text: return raw.trimmed
        }
    }

    /// The value as a number that can be compared, with `forever` and its like as the largest of all; `nil` when it is no
    /// number.
    public func magnitude(_ raw: String) -> Int64? {
        guard let value = Int64(canonical(raw)) else { return nil }
        let isUnlimited = words.contains { $0.raw == "\(value)" && ["forever", "unlimited"].contains($0.word) }
        return isUnlimited ? .max : value
    }

    /// Brokers check no lower bound here, and take any negative number as no limit.
    private func isUnlimitedBelowZero(_ raw: String) -> Bool {
        name == "retention.bytes" && Int64(raw.trimmed).map { $0 < 0 } ?? false
    }

    /// The elements of a list value, without blanks around them.
    public static func elements(_ raw: String) -> [String] {
        raw.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
    }

    private func rawValue(_ text: String) throws(UnitProblem) -> String {
        switch kind {
        case .duration(let minimum):
            return try checked(DurationText.milliseconds(text), text, minimum, .max, DurationText.text)
        case .size(let minimum, let maximum):
            return try checked(SizeText.bytes(text), text, minimum, maximum, SizeText.text)
        case .count(let minimum, let maximum):
            guard let value = Int64(strict: text) else { throw Self.notANumber(text) }
            return try checked(value, text, minimum, maximum) { "\($0)" }
        case .ratio:
            guard let value = Double(text), value >= 0, value <= 1, text.allSatisfy({ $0.isNumber || $0 == "." }) else {
                throw UnitProblem("\"\(text)\" is not a number from 0 to 1")
            }
            return text
        case .flag:
            guard text == "true" || text == "false" else { throw Self.notAFlag(text) }
            return text
        case .choice(let choices):
            return try Self.word(text, among: choices)
        case .list(let choices):
            var seen: [String] = []
            for element in Self.elements(text) {
                let word = try Self.word(element, among: choices)
                guard !seen.contains(word) else { throw UnitProblem("\"\(text)\" names \(word) twice") }
                seen.append(word)
            }
            guard !seen.isEmpty else { throw UnitProblem("is empty: write \(choices.joined(separator: ", "))") }
            return seen.joined(separator: ",")
        case .throttledReplicas, .text:
            return text
        }
    }

    private func checked(
        _ value: Int64, _ text: String, _ minimum: Int64, _ maximum: Int64, _ write: (Int64) -> String
    ) throws(UnitProblem) -> String {
        guard value >= minimum else {
            throw UnitProblem("\"\(text)\" is too small: the least that Kafka takes is \(write(minimum))")
        }
        guard value <= maximum else {
            throw UnitProblem("\"\(text)\" is too large: the most that Kafka takes is \(write(maximum))")
        }
        return "\(value)"
    }

    private var orWord: String {
        guard let first = words.first else { return "" }
        return ", or \"\(first.word)\""
    }

    private static func word(_ text: String, among choices: [String]) throws(UnitProblem) -> String {
        if choices.contains(text) { return text }
        let near = NearestName.of(text, among: choices).map { ": did you mean \($0)?" } ?? ""
        throw UnitProblem("\"\(text)\" is not one of \(choices.joined(separator: ", "))\(near)")
    }

    private static func notANumber(_ text: String) -> UnitProblem {
        if text.first == "0", text.count > 1, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
            return UnitProblem("\"\(text)\" starts with 0, which some readers take for octal: write it without")
        }
        return UnitProblem("\"\(text)\" is not a whole number in digits")
    }

    private static func notAFlag(_ text: String) -> UnitProblem {
        switch text.lowercased() {
        case "yes", "on", "y", "1", "true": UnitProblem("\"\(text)\" is not read as true here: write true")
        case "no", "off", "n", "0", "false": UnitProblem("\"\(text)\" is not read as false here: write false")
        default: UnitProblem("\"\(text)\" is neither true nor false")
        }
    }
}

extension StringProtocol {
    /// Without blanks at its ends.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
