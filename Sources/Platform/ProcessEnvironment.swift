// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// The variables that another program is started with.
public enum ProcessEnvironment {
    /// This process's, `NAME=VALUE` each, with these added or in their place.
    public static func adding(_ more: [String: String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if !more.keys.contains(where: { text.hasPrefix("\($0)=") }) { variables.append(text) }
            next += 1
        }
        return variables + more.map { "\($0)=\($1)" }
    }
}
