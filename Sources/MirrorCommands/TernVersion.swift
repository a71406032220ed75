// SPDX-License-Identifier: Apache-2.0

/// What this build calls itself, to people, in `/metrics` and to brokers (`tern/0.1.0`).
package enum TernVersion {
    package static let current = "0.1.0"

    /// The compiler that built it.
    package static let swift: String = {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }()
}
