// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// Turns a Java client's properties into librdkafka's.
///
/// What has a counterpart is handed over under its name; what the guarantees rest on stays Tern's, with a warning; what
/// librdkafka itself knows passes; everything else is named. Keys without effect are the business of `KeyAudit`, which
/// sees each key once instead of once per client.
struct ClientPropertyTranslation {
    let kind: ClientKind
    let properties: PropertyMap
    let readFile: (String) -> [UInt8]?

    /// librdkafka's properties; `bootstrap.servers` is missing where the file has none.
    func translated(problems: inout ProblemCollector) -> ClientProperties {
        var result = ClientProperties()
        let security = SecurityTranslation(properties: properties, readFile: readFile)
        for (key, value) in security.translated(problems: &problems) { result[key] = value }
        let tokens = TokenLoginTranslation(properties: properties, readFile: readFile)
        tokens.checkClasses(problems: &problems)
        result.login = tokens.login(problems: &problems)
        for (key, value) in properties.sorted {
            translate(key.rawValue, value, into: &result, problems: &problems)
        }
        return result
    }

    private func translate(
        _ name: String, _ value: PropertyValue, into result: inout ClientProperties, problems: inout ProblemCollector
    ) {
        guard let row = ConfigurationSchema.clientRow(name, kind: kind) else {
            passThrough(name, value, into: &result)
            return
        }
        guard case .client(let translation) = row.effect else { return }
        switch translation {
        case .security, .engine: break
        case .text(let own):
            let text = JavaText.trimmed(value.text)
            if case .choice(let words) = row.type, !words.contains(JavaText.lowercased(text)) {
                problems.error(value, "\(value.shown) is none of \(words.joined(separator: ", "))")
            } else if !text.isEmpty {
                result[own] = own == "client.id" || own == "client.rack" ? text : JavaText.lowercased(text)
            }
        case .number(let names, let range):
            guard let number = number(value, range, problems: &problems) else { return }
            for own in names { result[own] = String(number) }
            addCompanions(of: name, number, to: &result)
        case .compressionLevel(let codec, let range):
            guard let number = number(value, range, problems: &problems) else { return }
            let chosen = properties["compression.type"].map { JavaText.lowercased(JavaText.trimmed($0.text)) }
            if chosen == codec { result["compression.level"] = String(number) }
        }
    }

    /// Two settings of librdkafka that one of Java's speaks of.
    private func addCompanions(of name: String, _ number: Int64, to result: inout ClientProperties) {
        switch name {
        // The broker's own limit for a produce request.
        case "request.timeout.ms" where kind == .producer:
            result["request.timeout.ms"] = String(min(max(number, 1), 900_000))
        // A cache must outlive its refreshing, as librdkafka's defaults have it.
        case "metadata.max.age.ms": result["metadata.max.age.ms"] = String(min(number * 3, 86_400_000))
        default: break
        }
    }

    private func number(
        _ value: PropertyValue, _ range: ClosedRange<Int64>, problems: inout ProblemCollector
    ) -> Int64? {
        guard let number = JavaText.integer(value.text) else {
            problems.error(value, "\(value.shown) is not a whole number")
            return nil
        }
        // Java's word for "not set".
        if number == -1, range.lowerBound == 0 { return 0 }
        let nearest = min(max(number, range.lowerBound), range.upperBound)
        if nearest != number {
            problems.warning(
                value,
                "\(number) is outside of what librdkafka takes, \(range.lowerBound) to \(range.upperBound): \(nearest) is used"
            )
        }
        return nearest
    }

    /// librdkafka's own name. A producer's setting for a consumer does not reach it; `KeyAudit` says so.
    private func passThrough(_ name: String, _ value: PropertyValue, into result: inout ClientProperties) {
        guard let scope = LibrdkafkaProperties.scope(of: name), LibrdkafkaProperties.reasonToKeep(name) == nil,
            !TokenLoginTranslation.nativeNames.contains(name)
        else { return }
        switch (scope, kind) {
        case (.any, _), (.consumer, .consumer), (.consumer, .admin), (.producer, .producer):
            result[name] = JavaText.trimmed(value.text)
        default: break
        }
    }
}
