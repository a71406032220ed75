// SPDX-License-Identifier: Apache-2.0

/// Where a configuration value was written.
public enum ConfigurationSource: Sendable, Hashable, CustomStringConvertible {
    /// A line of the properties file; lines count from 1.
    case file(String, line: Int)
    /// A `TERN_…` variable, by its name.
    case environment(String)
    /// `--set KEY=VALUE`.
    case commandLine
    /// Nobody wrote it.
    case standard

    /// `mirror.properties:12`, `TERN_HTTP_LISTEN`, `--set` or `default`.
    public var description: String {
        switch self {
        case .file(let file, let line): "\(file):\(line)"
        case .environment(let name): name
        case .commandLine: "--set"
        case .standard: "default"
        }
    }
}
