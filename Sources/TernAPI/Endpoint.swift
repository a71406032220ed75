// SPDX-License-Identifier: Apache-2.0

/// Everything that a daemon answers over HTTP. Its routes, the client of `tern lag` and `tern status`, and
/// `docs/api.md` all come from `entry`.
public enum Endpoint: String, CaseIterable, Sendable {
    case lag = "/api/v1/lag"
    case status = "/api/v1/status"
    case fleet = "/api/v1/fleet"
    case topics = "/api/v1/topics"
    case groups = "/api/v1/groups"
    case history = "/api/v1/history"
    case traffic = "/api/v1/traffic"
    case events = "/api/v1/events"
    case translate = "/api/v1/translate"
    case barrier = "/api/v1/barrier"
    case drain = "/api/v1/health:drain"
    case undrain = "/api/v1/health:undrain"
    case reload = "/api/v1/config:reload"
    case pause = "/api/v1/flows:pause"
    case resume = "/api/v1/flows:resume"
    case restart = "/api/v1/flows:restart"
    case setProgress = "/api/v1/flows:set-progress"
    case health = "/health"
    case live = "/livez"
    case started = "/startupz"
    case ready = "/readyz"
    case healthz = "/healthz"
    case openAPI = "/api/v1/openapi.json"
    case metrics = "/metrics"
    case mirrorMakerMetrics = "/metrics/compat/mm2"
    case index = "/"
    case pageStyle = "/app.css"
    case pageScript = "/app.js"
    case pageFleet = "/fleet.js"

    public enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// Who is answered. Without users and tokens in `web.config.file` nobody has a role, and everybody reads.
    public enum Permission: Sendable, Equatable {
        /// Whoever reaches the listener, without a login.
        case open
        /// Whoever has logged in.
        case viewer
        /// Operators, over TLS, with `Content-Type: application/json`; and others, as it says.
        case `operator`(otherwise: Local)
    }

    /// Who may act without TLS.
    public enum Local: Sendable, Equatable {
        /// Programs on the daemon's own machine, not through a proxy; they log in where anybody has to.
        case sameMachine
        /// Programs of the daemon's own user, or root, over `admin.socket`.
        case adminSocket
    }

    public enum Answer: Sendable {
        /// JSON, with an ETag and `If-None-Match`.
        case report(DocumentDescription)
        case document(DocumentDescription)
        /// Something else, in words, and as which media types.
        case text(String, types: [String] = ["text/plain"])
        /// Server-sent events, by their names; no end.
        case events([(name: String, document: DocumentDescription, summary: String)])
    }

    public struct Parameter: Sendable {
        public enum Value: Sendable {
            /// The name of a flow that is enabled.
            case flow
            /// The source's name of a topic.
            case topic
            case choice([String])
            case number(ClosedRange<Int>)
            /// A length of time with its unit, such as `5s`, of so many seconds at most.
            case duration(seconds: Int)
            /// The name of a check; may be given more than once.
            case check
            /// Present or not.
            case flag
            /// Text to look for.
            case search
        }
        public let name: String
        public let value: Value
        public let summary: String
        public var isRequired = false
        /// How often it may be given.
        public var limit = 1
    }

    public struct Entry: Sendable {
        public let method: Method
        public let summary: String
        public let parameters: [Parameter]
        /// Whether a parameter that is not in the list is refused.
        public let refusesOthers: Bool
        public let request: DocumentDescription?
        public let answer: Answer
        /// Other statuses than 200, and when.
        public let statuses: [(code: Int, meaning: String)]
        public let permission: Permission

        init(
            _ method: Method, _ summary: String, parameters: [Parameter] = [], refusesOthers: Bool = false,
            request: DocumentDescription? = nil, answer: Answer, statuses: [(code: Int, meaning: String)] = [],
            permission: Permission = .viewer
        ) {
            self.method = method
            self.summary = summary
            self.parameters = parameters
            self.refusesOthers = refusesOthers
            self.request = request
            self.answer = answer
            self.statuses = statuses
            self.permission = permission
        }
    }

    public var path: String { rawValue }

    /// The path with parameters behind it, percent-encoded.
    public func target(_ parameters: KeyValuePairs<String, String>) -> String {
        guard !parameters.isEmpty else { return path }
        return path + "?" + parameters.map { Self.encoded($0) + "=" + Self.encoded($1) }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
    }
}
