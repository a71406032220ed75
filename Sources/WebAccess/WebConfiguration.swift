// SPDX-License-Identifier: Apache-2.0

/// What somebody may do over HTTP.
public enum Role: String, Sendable, CaseIterable {
    /// Reads.
    case viewer
    /// Reads and acts.
    case `operator`
}

/// Somebody whose login was verified.
public struct Caller: Sendable, Equatable {
    public let name: String
    public let role: Role

    public init(name: String, role: Role) {
        self.name = name
        self.role = role
    }
}

/// What `web.config.file` says: TLS, and who may log in.
public struct WebConfiguration: Sendable, Equatable {
    public struct TLS: Sendable, Equatable {
        public enum Version: String, Sendable, CaseIterable { case tls12 = "TLS12", tls13 = "TLS13" }

        /// Whether clients have to show a certificate.
        public enum ClientCertificate: String, Sendable, CaseIterable {
            case none = "NoClientCert"
            case ifGiven = "VerifyClientCertIfGiven"
            case required = "RequireAndVerifyClientCert"
        }

        /// The server's certificate, then those between it and its authority; PEM.
        public var certificate: [UInt8]
        /// PEM.
        public var key: [UInt8]
        /// Authorities of clients' certificates, PEM; `nil` where clients need none.
        public var clientAuthorities: [UInt8]?
        public var clientCertificate: ClientCertificate
        public var minimum: Version
        public var maximum: Version

        public init(
            certificate: [UInt8], key: [UInt8], clientAuthorities: [UInt8]? = nil,
            clientCertificate: ClientCertificate = .none, minimum: Version = .tls12, maximum: Version = .tls13
        ) {
            self.certificate = certificate
            self.key = key
            self.clientAuthorities = clientAuthorities
            self.clientCertificate = clientCertificate
            self.minimum = minimum
            self.maximum = maximum
        }
    }

    public struct User: Sendable, Equatable {
        public var name: String
        public var hash: PasswordHash
        public var role: Role

        public init(name: String, hash: PasswordHash, role: Role = .viewer) {
            self.name = name
            self.hash = hash
            self.role = role
        }
    }

    public struct Token: Sendable, Equatable {
        public enum Proof: Sendable, Equatable {
            /// The SHA-256 of the token: 32 bytes.
            case sha256([UInt8])
            case bcrypt(PasswordHash)
        }

        /// For the log; the token itself names nobody.
        public var name: String
        public var proof: Proof
        public var role: Role

        public init(name: String, proof: Proof, role: Role = .viewer) {
            self.name = name
            self.proof = proof
            self.role = role
        }
    }

    public var tls: TLS?
    public var users: [User]
    public var tokens: [Token]

    public init(tls: TLS? = nil, users: [User] = [], tokens: [Token] = []) {
        self.tls = tls
        self.users = users
        self.tokens = tokens
    }

    /// Whether there is anybody to log in. Without, everybody is served.
    public var wantsLogin: Bool { !users.isEmpty || !tokens.isEmpty }
}
