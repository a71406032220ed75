// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// Signed statements in place of a client's secret: `sasl.oauthbearer.assertion.*`. Sources: KIP-1139 and KIP-1258.
struct AssertionTranslation {
    private static let prefix = "sasl.oauthbearer.assertion."

    let properties: PropertyMap

    /// Whether the client shows a statement in place of its secret, as Kafka decides it.
    var isWanted: Bool { text("file") != nil || text("claim.iss") != nil }

    /// - Parameter address: what a problem is about where nothing was written.
    func assertion(for address: PropertyValue, problems: inout ProblemCollector) -> OpenIDLogin.Assertion? {
        if let path = text("file") { return .file(path) }
        guard let keyFile = text("private.key.file") else {
            problems.error(
                address,
                "asks for signed statements without a key: add \(Self.prefix)private.key.file, or \(Self.prefix)file")
            return nil
        }
        var result = OpenIDLogin.SignedAssertion(keyFile: keyFile)
        if let value = value("algorithm"), let name = text("algorithm") {
            guard let algorithm = OpenIDLogin.SignedAssertion.Algorithm(rawValue: name) else {
                problems.error(value, "\(value.shown) is none of RS256, ES256")
                return nil
            }
            result.algorithm = algorithm
        }
        result.passphrase = text("private.key.passphrase").map { Secret($0) }
        result.templateFile = text("template.file")
        for name in ["aud", "iss", "sub"] { result.claims[name] = text("claim.\(name)") }
        guard let end = seconds("claim.exp.seconds", 300, problems: &problems),
            let start = seconds("claim.nbf.seconds", 60, problems: &problems)
        else { return nil }
        (result.end, result.start) = (end, start)
        result.hasID = text("claim.jti.include").flatMap(JavaText.boolean) ?? false
        return .signed(result)
    }

    private func value(_ name: String) -> PropertyValue? { properties[PropertyKey(Self.prefix + name)] }

    private func text(_ name: String) -> String? {
        value(name).map { JavaText.trimmed($0.text) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func seconds(_ name: String, _ standard: Int64, problems: inout ProblemCollector) -> Int64? {
        guard let value = value(name) else { return standard }
        guard let number = JavaText.integer(value.text), (0...86_400).contains(number) else {
            problems.error(value, "\(value.shown) is no time: expected seconds, 0 to 86400")
            return nil
        }
        return number
    }
}
