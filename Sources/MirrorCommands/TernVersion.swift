// SPDX-License-Identifier: Apache-2.0
internal import CBuild

/// What this build calls itself, to people, in `/metrics` and to brokers (`tern/0.1.0`).
package enum TernVersion {
    package static let current = "0.1.0"

    /// The commit it was built from, `6b30024…`, with `-dirty` where files had been changed; empty in a build that was not
    /// made to be installed.
    package static let revision = unsafe String(cString: tern_build_revision())

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
