// SPDX-License-Identifier: Apache-2.0
internal import Text

/// The file, overlaid by `TERN_…` variables, overlaid by `--set KEY=VALUE`; placeholders resolved; where each value came
/// from kept.
struct ConfigurationLayers {
    let properties: PropertyMap
    let clusters: [ClusterAlias]

    init(
        file: String, text: [UInt8], environment: [String: String], overrides: [String],
        readFile: @escaping (String) -> [UInt8]?, problems: inout ProblemCollector
    ) {
        var properties = Self.read(file: file, text: text, problems: &problems)
        Self.overlay(environment: environment, on: &properties, problems: &problems)
        Self.overlay(overrides: overrides, on: &properties, problems: &problems)
        let providers = ConfigProviders(
            properties: properties, environment: environment, readFile: readFile, problems: &problems)
        self.properties = providers.resolve(properties, problems: &problems)
        clusters = Self.clusters(of: self.properties)
    }

    /// As MirrorMaker lists them, without repetitions; what is wrong with the list is the reader's to say.
    private static func clusters(of properties: PropertyMap) -> [ClusterAlias] {
        var seen: Set<ClusterAlias> = []
        return (properties["clusters"].map { JavaText.list($0.text) } ?? []).map { ClusterAlias($0) }.filter {
            !$0.rawValue.isEmpty && seen.insert($0).inserted
        }
    }

    private static func read(file: String, text: [UInt8], problems: inout ProblemCollector) -> PropertyMap {
        let content = PropertiesFile(bytes: text)
        for remark in content.remarks {
            problems.add(
                ConfigurationProblem(
                    remark.kind == .malformedEscape ? .error : .warning, source: .file(file, line: remark.line),
                    key: remark.key, message: remark.message))
        }
        var properties = PropertyMap()
        for entry in content.entries {
            let key = PropertyKey(entry.key)
            let value = PropertyValue(entry.value, key: key, source: .file(file, line: entry.line))
            if let former = properties[key], case .file(_, let line) = former.source {
                problems.warning(value, "is in line \(line) already: this later line wins; remove one of them")
            }
            if entry.hasLostBackslash, takesPatterns(entry.key) {
                problems.warning(
                    value,
                    "Java drops a single backslash in a properties file, which leaves \(value.shown): write \\\\ for each backslash"
                )
            }
            properties[key] = value
        }
        return properties
    }

    /// Whether a key's value is regular expressions, wherever it is written.
    private static func takesPatterns(_ key: String) -> Bool {
        KeyAudit.schemaNames(in: key).contains { name in
            ConfigurationSchema.rows(named: name).contains { $0.type == .patterns }
        }
    }

    /// `TERN_HTTP_LISTEN` for `http.listen`: keys of the process only, since variables cannot spell the others.
    static func variable(for key: String) -> String {
        "TERN_"
            + String(decoding: key.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
            .uppercased()
    }

    /// Read by the commands, or by a provider's placeholders; no keys.
    private static let otherVariables: Set<String> = ["TERN_CONFIG"]

    private static func overlay(
        environment: [String: String], on properties: inout PropertyMap, problems: inout ProblemCollector
    ) {
        var names: [String: String] = [:]
        for row in ConfigurationSchema.processKeys {
            if case .works = row.effect { names[variable(for: row.name)] = row.name }
        }
        for (variable, text) in environment.sorted(by: { $0.key < $1.key })
        where variable.utf8.starts(with: "TERN_".utf8) {
            if let name = names[variable] {
                let key = PropertyKey(name)
                properties[key] = PropertyValue(text, key: key, source: .environment(variable))
            } else if !otherVariables.contains(variable) {
                let nearest = NearestName.of(variable, among: names.keys.sorted())
                problems.add(
                    ConfigurationProblem(
                        .warning, source: .environment(variable),
                        message: "matches no key: only keys of the process have variables"
                            + (nearest.map { "; did you mean \($0)?" } ?? ", other keys are set with --set KEY=VALUE")))
            }
        }
    }

    private static func overlay(
        overrides: [String], on properties: inout PropertyMap, problems: inout ProblemCollector
    ) {
        // First those that may name the clusters, since an alias may contain the separator.
        for override in overrides {
            let aliases = clusters(of: properties)
            guard let (name, text) = split(override, aliases: aliases), !name.isEmpty else {
                problems.add(
                    ConfigurationProblem(
                        .error, source: .commandLine, message: "expected KEY=VALUE, such as --set log.level=debug"))
                continue
            }
            let key = PropertyKey(name)
            properties[key] = PropertyValue(text, key: key, source: .commandLine)
        }
    }

    /// At the first `=` behind the longest alias or pair of aliases that the text starts with.
    static func split(_ override: String, aliases: [ClusterAlias]) -> (key: String, value: String)? {
        var prefixes = aliases.map { "\($0)." }
        for source in aliases {
            for target in aliases where source != target { prefixes.append("\(source)->\(target).") }
        }
        let known = prefixes.filter { override.utf8.starts(with: $0.utf8) }.map { $0.utf8.count }.max() ?? 0
        let rest = override.utf8.dropFirst(known)
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return (String(override[..<equals]), String(override[override.utf8.index(after: equals)...]))
    }
}

extension PropertiesFile.Remark {
    fileprivate var message: String {
        switch kind {
        case .malformedEscape: "\\u is not followed by four hexadecimal digits: write \\\\ for a backslash"
        case .loneSurrogate: "\\u gives half of a character: write both halves, such as \\ud83d\\ude00"
        case .utf8ReadAsLatin1:
            "the file is in UTF-8, but Java reads properties as ISO-8859-1, and so does Tern: write other characters than "
                + "ASCII as \\uXXXX"
        case .byteOrderMark:
            "the file starts with a byte order mark, which becomes part of the first key: save it without one"
        }
    }
}
