// SPDX-License-Identifier: Apache-2.0

/// Which program this is.
public struct BuildInformation: Sendable, Equatable {
    public var version: String
    /// The commit; empty when it was not recorded.
    public var revision: String
    public var swiftVersion: String
    /// librdkafka's version.
    public var clientVersion: String

    public init(
        version: String, revision: String = "", swiftVersion: String = BuildInformation.compilerVersion,
        clientVersion: String
    ) {
        self.version = version
        self.revision = revision
        self.swiftVersion = swiftVersion
        self.clientVersion = clientVersion
    }

    /// The compiler's version, as far as the language lets a program ask for it.
    public static var compilerVersion: String {
        #if compiler(>=6.5)
            ">=6.5"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
