// SPDX-License-Identifier: Apache-2.0
internal import Text

/// The files `~/.aws/credentials` and `~/.aws/config`. Source: the AWS SDKs and Tools Reference Guide, "Format of the
/// configuration files".
struct Profiles {
    struct Profile {
        fileprivate(set) var settings: [String: String] = [:]
        subscript(name: String) -> String? { settings[name].flatMap { $0.isEmpty ? nil : $0 } }

        /// Whether it says anything of credentials, as opposed to a region alone.
        var hasCredentials: Bool {
            settings.keys.contains { name in
                ["aws_access_key_id", "role_arn", "credential_process", "sso_session", "sso_account_id"].contains(name)
            }
        }
    }

    private var profiles: [String: Profile] = [:]
    /// The files' names, for messages.
    let places: String

    init(_ surroundings: Surroundings) {
        let home = surroundings.value("HOME") ?? "~"
        let shared = surroundings.value("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials"
        let configuration = surroundings.value("AWS_CONFIG_FILE") ?? "\(home)/.aws/config"
        places = "\(shared) and \(configuration)"
        // Credentials of the credentials file win.
        if let text = surroundings.readFile(configuration) { add(text, sectionPrefix: "profile ") }
        if let text = surroundings.readFile(shared) { add(text, sectionPrefix: nil) }
    }

    subscript(name: String) -> Profile? { profiles[name] }

    /// - Parameter sectionPrefix: what stands before a profile's name, except before `default`.
    private mutating func add(_ text: String, sectionPrefix: String?) {
        var current: String?
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            guard let first = line.unicodeScalars.first, first != "#", first != ";" else { continue }
            // Indented lines belong to a setting that has parts, such as `s3`.
            if first == " " || first == "\t" { continue }
            let plain = Self.withoutComment(line).trimmed
            if first == "[" {
                current = Self.profile(plain, prefix: sectionPrefix)
                if let current { profiles[current, default: Profile()].settings.merge([:]) { $1 } }
            } else if let current, let equals = plain.firstIndex(of: "=") {
                let name = plain[..<equals].trimmed.lowercased()
                profiles[current, default: Profile()].settings[name] = plain[plain.index(after: equals)...].trimmed
            }
        }
    }

    private static func profile(_ header: String, prefix: String?) -> String? {
        guard header.hasSuffix("]") else { return nil }
        let name = header.dropFirst().dropLast().trimmed
        guard let prefix, name != "default" else { return name }
        return name.hasPrefix(prefix) ? name.dropFirst(prefix.count).trimmed : nil
    }

    /// A comment begins at a `#` or `;` behind a blank.
    private static func withoutComment(_ line: Substring) -> Substring {
        var previous: Character = "x"
        for index in line.indices {
            if line[index] == "#" || line[index] == ";", previous == " " || previous == "\t" { return line[..<index] }
            previous = line[index]
        }
        return line
    }
}
