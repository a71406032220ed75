// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import TernConfiguration

/// Single settings of a file as they were written, by which a daemon that runs is found: it was started with the file as it was, and is
/// where it is even if somebody has put an error into the file since.
struct RawSettings: Sendable {
    private let file: PropertiesFile?
    private let variables: [String: String]
    private let overrides: [String]

    /// - Throws: a usage failure where a file is named and cannot be read.
    init(_ invocation: Invocation, _ context: CommandContext) throws(CommandFailure) {
        variables = context.variables
        overrides = invocation.all(.set)
        guard let path = try ConfigurationFile.path(invocation, context) else {
            file = nil
            return
        }
        file = PropertiesFile(bytes: try context.bytes(of: path))
    }

    /// By `--set`, else the environment, else the file.
    subscript(_ key: String) -> String? {
        if let setting = overrides.last(where: { $0.hasPrefix(key + "=") }) {
            return String(setting.dropFirst(key.count + 1))
        }
        let variable = "TERN_" + key.uppercased().replacing(".", with: "_")
        return variables[variable] ?? file?.value(of: key)
    }

    /// `nil` also where it says `none`.
    func named(_ key: String) -> String? {
        self[key].flatMap { ["", "none"].contains($0.lowercased()) ? nil : $0 }
    }
}
