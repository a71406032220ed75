// SPDX-License-Identifier: Apache-2.0

/// Reads typed values from one layer; a value that is not what its row of the schema says is an error, and the default is
/// taken so that the rest can be checked too.
struct ValueReader {
    let properties: PropertyMap
    /// The row of a key in this layer.
    let row: (String) -> ConfigurationKey?

    /// The value under this name, or under a former one.
    func value(_ name: String) -> PropertyValue? {
        if let value = properties[name] { return value }
        for former in ConfigurationSchema.formerKeys {
            if case .renamed(name, isHonoured: true) = former.effect, let value = properties[former.name] {
                return value
            }
        }
        return nil
    }

    func boolean(_ name: String, _ problems: inout ProblemCollector) -> Bool {
        let standard = row(name)?.standardValue.flatMap(JavaText.boolean) ?? false
        guard let value = value(name) else { return standard }
        if let boolean = JavaText.boolean(value.text) { return boolean }
        problems.error(value, "\(value.shown) is neither true nor false")
        return standard
    }

    func text(_ name: String) -> String? {
        guard let value = value(name) else { return row(name)?.standardValue }
        return JavaText.trimmed(value.text)
    }

    func list(_ name: String) -> [String] {
        (value(name)?.text ?? row(name)?.standardValue).map(JavaText.list) ?? []
    }

    /// A word of the row's choice, as the row writes it.
    func choice<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ problems: inout ProblemCollector, or standard: Word
    ) -> Word where Word.RawValue == String {
        guard let value = value(name) else { return row(name)?.standardValue.flatMap(Word.init) ?? standard }
        if let word = Word(rawValue: JavaText.lowercased(JavaText.trimmed(value.text))) { return word }
        problems.error(value, "\(value.shown) is none of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        return standard
    }

    func integer(_ name: String, _ problems: inout ProblemCollector) -> Int64 {
        let standard = row(name)?.standardValue.flatMap(JavaText.integer) ?? 0
        guard let value = value(name), let row = row(name) else { return standard }
        let range: ClosedRange<Int64> =
            switch row.type {
            case .integer(let range), .duration(_, let range), .bytes(let range): range
            default: Int64.min...Int64.max
            }
        guard let number = JavaText.integer(value.text) else {
            problems.error(value, "\(value.shown) is not a whole number: expected \(row.type)\(Self.hint(value.text))")
            return standard
        }
        guard range.contains(number) else {
            problems.error(value, "\(number) is out of range: expected \(row.type)")
            return standard
        }
        return number
    }

    func duration(_ name: String, _ problems: inout ProblemCollector) -> Duration {
        let number = integer(name, &problems)
        if case .duration(.seconds, _)? = row(name)?.type { return .seconds(number) }
        return .milliseconds(number)
    }

    /// An interval in seconds: MirrorMaker's scheduler takes a negative one for "never", and fails at 0.
    func interval(_ name: String, _ problems: inout ProblemCollector) -> Duration? {
        let number = integer(name, &problems)
        guard let value = value(name) else { return .seconds(number) }
        let enabled = name.replacingSuffix("interval.seconds", with: "enabled")
        if number == 0 {
            problems.error(value, "0 is no interval: write at least 1, or \(enabled) = false for never")
            return nil
        }
        if number < 0 {
            problems.warning(value, "\(number) means never, as in MirrorMaker: write \(enabled) = false instead")
            return nil
        }
        return .seconds(number)
    }

    func replicationFactor(_ name: String, _ problems: inout ProblemCollector) -> Int16 {
        let number = integer(name, &problems)
        if number == 0, let value = value(name) {
            problems.error(value, "0 is no replication factor: write at least 1, or -1 for the broker's default")
        }
        return Int16(clamping: number)
    }

    /// `10s` and `64MB` are for people; Kafka's files have plain numbers.
    private static func hint(_ text: String) -> String {
        let digits = JavaText.trimmed(text).utf8.prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "" : ", a plain number without a unit"
    }
}

extension String {
    func replacingSuffix(_ suffix: String, with replacement: String) -> String {
        guard endsWithBytes(of: suffix) else { return self }
        return String(decoding: utf8.dropLast(suffix.utf8.count), as: UTF8.self) + replacement
    }
}
