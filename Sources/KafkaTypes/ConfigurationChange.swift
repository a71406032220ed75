// SPDX-License-Identifier: Apache-2.0

/// One step of an incremental change of settings.
public enum ConfigurationChange: Sendable, Hashable {
    case set(name: String, value: String)
    /// Back to what the wider scope says.
    case delete(name: String)

    public var name: String {
        switch self {
        case .set(let name, _), .delete(let name): name
        }
    }
}
