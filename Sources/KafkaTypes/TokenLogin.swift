// SPDX-License-Identifier: Apache-2.0

/// How to get the tokens that a client logs in by. Equal logins share their tokens.
public enum TokenLogin: Sendable, Equatable {
    case openID(OpenIDLogin)
    case amazon(AmazonLogin)
}

/// Tokens of an OAuth 2.0 or OpenID Connect server.
public struct OpenIDLogin: Sendable, Equatable {
    /// Where a token comes from.
    public enum Source: Sendable, Equatable {
        /// RFC 6749, section 4.4: the client's own name and secret, sent to this address.
        case clientCredentials(endpoint: String, ClientCredentials)
        /// A signed statement is sent in place of a secret: for the client (RFC 7523, section 2.2), or as the grant itself
        /// (section 2.1).
        case assertion(endpoint: String, Assertion, AssertionUse, scope: String?)
        /// A file that somebody else keeps up to date, such as a token that Kubernetes mounts.
        case file(String)
    }

    public struct ClientCredentials: Sendable, Equatable {
        public var id: String
        public var secret: Secret<String>
        public var scope: String?
        /// Whether name and secret are percent-encoded before they are joined, as RFC 6749, section 2.3.1, says and many
        /// servers do not expect: `sasl.oauthbearer.header.urlencode`.
        public var encodesHeader: Bool

        public init(id: String, secret: Secret<String>, scope: String? = nil, encodesHeader: Bool = false) {
            self.id = id
            self.secret = secret
            self.scope = scope
            self.encodesHeader = encodesHeader
        }
    }

    public enum AssertionUse: Sendable, Equatable {
        case grant
        case client(id: String?)
    }

    /// A JSON Web Token by which a client says who it is.
    public enum Assertion: Sendable, Equatable {
        /// A file that somebody else keeps up to date.
        case file(String)
        case signed(SignedAssertion)
    }

    /// A statement that is made anew for each request.
    public struct SignedAssertion: Sendable, Equatable {
        public enum Algorithm: String, Sendable { case rs256 = "RS256", es256 = "ES256" }

        public var algorithm = Algorithm.rs256
        /// A file with the private key, in PEM.
        public var keyFile: String
        public var passphrase: Secret<String>?
        /// A file of JSON, `{"header": {…}, "payload": {…}}`, under what is said here.
        public var templateFile: String?
        /// `iss`, `sub`, `aud`: those that are to be there.
        public var claims: [String: String] = [:]
        /// Seconds from now to `exp`, and from `nbf` to now.
        public var end: Int64 = 300
        public var start: Int64 = 60
        /// Whether each has a number of its own, `jti`.
        public var hasID = false

        public init(keyFile: String) { self.keyFile = keyFile }
    }

    public var source: Source
    public var extensions: [String: String]
    /// The certificates that the server's has to lead to.
    public var trust: TrustedAuthorities
    public var limits: RequestLimits

    public init(
        _ source: Source, extensions: [String: String] = [:], trust: TrustedAuthorities = .system,
        limits: RequestLimits = RequestLimits()
    ) {
        self.source = source
        self.extensions = extensions
        self.trust = trust
        self.limits = limits
    }
}

/// Tokens for Amazon MSK, signed with the credentials of an AWS identity.
public struct AmazonLogin: Sendable, Equatable {
    /// The cluster's region; `nil`: as the environment or the profile says.
    public var region: String?
    /// `nil`: the credentials that AWS's own tools would find.
    public var profile: String?
    /// Credentials that were written down, in place of those.
    public var keys: Keys?
    /// A role that is assumed with the credentials.
    public var role: Role?

    public struct Keys: Sendable, Equatable {
        public var id: String
        public var secret: Secret<String>
        public var sessionToken: Secret<String>?

        public init(id: String, secret: Secret<String>, sessionToken: Secret<String>? = nil) {
            self.id = id
            self.secret = secret
            self.sessionToken = sessionToken
        }
    }

    public struct Role: Sendable, Equatable {
        public var name: String
        public var sessionName: String
        public var externalID: String?
        /// Of the token service that is asked; `nil`: the cluster's.
        public var region: String?

        /// - Parameter name: the role's ARN.
        public init(_ name: String, sessionName: String, externalID: String? = nil, region: String? = nil) {
            self.name = name
            self.sessionName = sessionName
            self.externalID = externalID
            self.region = region
        }
    }

    public init(region: String? = nil, profile: String? = nil, keys: Keys? = nil, role: Role? = nil) {
        self.region = region
        self.profile = profile
        self.keys = keys
        self.role = role
    }
}

/// The certificates that an HTTPS server's has to lead to.
public enum TrustedAuthorities: Sendable, Equatable {
    /// Those of the operating system.
    case system
    case pem(String)
    /// A file in PEM.
    case file(String)
}

/// How long a request for a token may take.
public struct RequestLimits: Sendable, Equatable {
    /// To connect, name and handshake included.
    public var connect: Duration
    /// From the start to the end of the answer.
    public var whole: Duration

    public init(connect: Duration = .seconds(5), whole: Duration = .seconds(10)) {
        self.connect = connect
        self.whole = whole
    }
}
