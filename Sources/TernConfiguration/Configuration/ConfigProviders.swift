// SPDX-License-Identifier: Apache-2.0
internal import Patterns
internal import Text

/// Resolves `${provider:[path:]key}`.
///
/// As in Kafka, a placeholder counts only where its provider is known (`config.providers`), several may stand in one
/// value, and what comes out is not looked at again. Unlike Kafka, `env`, `file` and `dir` are known by themselves unless
/// the file configures those names, and what cannot be resolved is an error instead of staying as it is.
/// Source: `ConfigTransformer`, `EnvVarConfigProvider`, `FileConfigProvider`, `DirectoryConfigProvider`.
struct ConfigProviders {
    enum Kind: String, CaseIterable {
        case environment = "EnvVarConfigProvider"
        case file = "FileConfigProvider"
        case directory = "DirectoryConfigProvider"

        static let package = "org.apache.kafka.common.config.provider."
    }

    struct Provider {
        var kind: Kind
        /// Folders that may be read from; empty means all.
        var allowedPaths: [String] = []
        /// A Java regular expression that a variable's whole name must match.
        var allowlist: NamePattern?
        /// The class could not be used; said once, where it is configured.
        var isBroken = false
    }

    let providers: [String: Provider]
    let environment: [String: String]
    let readFile: (String) -> [UInt8]?

    init(
        properties: PropertyMap, environment: [String: String], readFile: @escaping (String) -> [UInt8]?,
        problems: inout ProblemCollector
    ) {
        var providers: [String: Provider] = [
            "env": Provider(kind: .environment), "file": Provider(kind: .file), "dir": Provider(kind: .directory),
        ]
        if let list = properties["config.providers"] {
            for name in JavaText.list(list.text) {
                providers[name] = Self.provider(named: name, list: list, properties: properties, problems: &problems)
            }
        }
        self.providers = providers
        self.environment = environment
        self.readFile = readFile
    }

    private static func provider(
        named name: String, list: PropertyValue, properties: PropertyMap, problems: inout ProblemCollector
    ) -> Provider {
        var provider = Provider(kind: .environment)
        guard let className = properties["config.providers.\(name).class"] else {
            problems.error(
                list,
                "names the provider \"\(name.printable)\", which has no class: "
                    + "add config.providers.\(name).class = \(Kind.package)\(Kind.file.rawValue)")
            provider.isBroken = true
            return provider
        }
        let simpleName = JavaText.trimmed(className.text)
        guard let kind = Kind.allCases.first(where: { Kind.package + $0.rawValue == simpleName }) else {
            problems.error(
                className,
                "\(className.shown) is not a provider that Tern has: use one of "
                    + Kind.allCases.map { Kind.package + $0.rawValue }.joined(separator: ", "))
            provider.isBroken = true
            return provider
        }
        provider.kind = kind
        let parameters = "config.providers.\(name).param."
        if let paths = properties["\(parameters)allowed.paths"] { provider.allowedPaths = JavaText.list(paths.text) }
        if let pattern = properties["\(parameters)allowlist.pattern"] {
            do {
                provider.allowlist = try NamePattern(pattern.text)
            } catch {
                problems.error(pattern, error)
                provider.isBroken = true
            }
        }
        return provider
    }

    /// All values, resolved; those that held a placeholder are secrets from then on.
    func resolve(_ properties: PropertyMap, problems: inout ProblemCollector) -> PropertyMap {
        var result = properties
        for (key, value) in properties.sorted where !key.hasPrefix("config.providers") {
            if let resolved = resolve(value, problems: &problems) { result[key] = resolved }
        }
        return result
    }

    /// `nil` when there is nothing to resolve.
    private func resolve(_ value: PropertyValue, problems: inout ProblemCollector) -> PropertyValue? {
        var text = Substring(value.text).unicodeScalars
        var result = String.UnicodeScalarView()
        var isResolved = false
        while let start = Self.firstPlaceholder(in: text) {
            guard let end = text[start...].firstIndex(of: "}") else { break }
            let after = text.index(after: end)
            let parts = text[text.index(start, offsetBy: 2)..<end].split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false
            ).map { String(Substring($0)) }
            guard parts.count > 1 else {
                // No placeholder; another may start within.
                let next = text.index(after: start)
                result += text[..<next]
                text = text[next...]
                continue
            }
            result += text[..<start]
            if let provider = providers[parts[0]] {
                isResolved = true
                if !provider.isBroken {
                    let lookup = Lookup(
                        provider: provider, path: parts.count == 3 ? parts[1] : "", key: parts.last ?? "",
                        placeholder: String(Substring(text[start..<after])).printable)
                    result += (find(lookup, for: value, problems: &problems) ?? "").unicodeScalars
                }
            } else {
                problems.warning(
                    value,
                    "\(String(Substring(text[start..<after])).printable) names no known provider and "
                        + "is taken literally, as in MirrorMaker: use env, file or dir, or add it to config.providers"
                )
                result += text[start..<after]
            }
            text = text[after...]
        }
        guard isResolved else { return nil }
        result += text
        return PropertyValue(String(result), key: value.writtenKey, source: value.source, isSecret: true)
    }

    private static func firstPlaceholder(in text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView.Index? {
        var index = text.startIndex
        while let dollar = text[index...].firstIndex(of: "$") {
            let next = text.index(after: dollar)
            if next < text.endIndex, text[next] == "{" { return dollar }
            index = next
        }
        return nil
    }

    private struct Lookup {
        var provider: Provider
        var path: String
        var key: String
        var placeholder: String
    }

    private func find(_ lookup: Lookup, for value: PropertyValue, problems: inout ProblemCollector) -> String? {
        switch lookup.provider.kind {
        case .environment: variable(lookup, for: value, problems: &problems)
        case .file: property(lookup, for: value, problems: &problems)
        case .directory: content(lookup, for: value, problems: &problems)
        }
    }

    private func variable(_ lookup: Lookup, for value: PropertyValue, problems: inout ProblemCollector) -> String? {
        guard lookup.path.isEmpty else {
            problems.error(value, "\(lookup.placeholder): a variable has no path: write ${env:NAME}")
            return nil
        }
        switch lookup.provider.allowlist?.answer(for: lookup.key) {
        case nil, .yes: break
        case .no:
            problems.error(
                value, "\(lookup.placeholder): the provider's allowlist.pattern does not admit this variable")
            return nil
        case .unknown(let limit):
            problems.error(value, "\(lookup.placeholder): the provider's allowlist.pattern, \(limit)")
            return nil
        }
        guard let found = environment[lookup.key] else {
            problems.error(value, "\(lookup.placeholder): no such environment variable: set it where Tern is started")
            return nil
        }
        return found
    }

    private func property(_ lookup: Lookup, for value: PropertyValue, problems: inout ProblemCollector) -> String? {
        guard !lookup.path.isEmpty else {
            problems.error(value, "\(lookup.placeholder): expected a file and a key: write ${file:/path/to/file:key}")
            return nil
        }
        guard let bytes = read(lookup.path, lookup, for: value, problems: &problems) else { return nil }
        // This provider reads characters of UTF-8, unlike MirrorMaker's own file.
        guard let found = PropertiesFile(utf8: bytes).value(of: lookup.key) else {
            problems.error(value, "\(lookup.placeholder): the file has no such key: add it, or name another")
            return nil
        }
        return found
    }

    private func content(_ lookup: Lookup, for value: PropertyValue, problems: inout ProblemCollector) -> String? {
        let isPlainName =
            !lookup.key.isEmpty && lookup.key != "." && lookup.key != ".." && !lookup.key.utf8.contains(0x2F)
        guard !lookup.path.isEmpty, isPlainName else {
            problems.error(
                value, "\(lookup.placeholder): expected a folder and a file name: write ${dir:/path/to:file}")
            return nil
        }
        let separator = lookup.path.utf8.last == 0x2F ? "" : "/"
        let path = lookup.path + separator + lookup.key
        guard let bytes = read(path, lookup, for: value, problems: &problems) else { return nil }
        if bytes.last == 0x0A {
            problems.warning(
                value,
                "\(lookup.placeholder): the file ends with a line break, which belongs to the value, as in MirrorMaker: "
                    + "write the file without one")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func read(
        _ path: String, _ lookup: Lookup, for value: PropertyValue, problems: inout ProblemCollector
    ) -> [UInt8]? {
        guard Self.isAllowed(path, by: lookup.provider.allowedPaths) else {
            problems.error(value, "\(lookup.placeholder): the provider's allowed.paths do not admit this path")
            return nil
        }
        guard let bytes = readFile(path) else {
            problems.error(value, "\(lookup.placeholder): the file cannot be read: check that it is there and readable")
            return nil
        }
        return bytes
    }

    /// Below one of the folders, `..` resolved by name.
    static func isAllowed(_ path: String, by folders: [String]) -> Bool {
        if folders.isEmpty { return true }
        guard path.utf8.first == 0x2F else { return false }
        let parts = components(path)
        return folders.contains { parts.starts(with: components($0)) }
    }

    private static func components(_ path: String) -> [String] {
        var result: [String] = []
        for part in path.unicodeScalars.split(separator: "/") where !part.elementsEqual(".".unicodeScalars) {
            if part.elementsEqual("..".unicodeScalars) {
                _ = result.popLast()
            } else {
                result.append(String(Substring(part)))
            }
        }
        return result
    }
}
