// SPDX-License-Identifier: Apache-2.0
internal import Telemetry
internal import TernAPI
internal import WebAccess

/// Who is let in: what is between a request and its route.
enum Admission {
    case admitted(Request)
    /// No login was shown.
    case missing
    /// A login that is nobody's; the name that was claimed, where there is one.
    case wrong(claimed: String?)
    /// A password has to be verified first.
    case unchecked(Gatekeeper.Check)
}

extension MirrorWeb {
    /// Whether anybody has to log in at present.
    var wantsLogin: Bool { gatekeeper?.configuration.wantsLogin ?? false }

    /// Looks at the login; returns at once.
    func admission(of request: Request) -> Admission {
        guard let gatekeeper else { return .admitted(request) }
        switch gatekeeper.look(at: request.headerValues("Authorization")) {
        case .unneeded: return .admitted(request)
        case .known(let caller):
            var request = request
            request.caller = caller
            return .admitted(request)
        case .unchecked(let check):
            // Probes never wait for a password.
            return Self.isOpen(request) ? .admitted(request) : .unchecked(check)
        case .missing: return Self.isOpen(request) ? .admitted(request) : .missing
        case .refused(let claimed): return Self.isOpen(request) ? .admitted(request) : .wrong(claimed: claimed)
        }
    }

    /// Verifies a password, then answers; the password's time is that of a thread of its own.
    func answer(
        _ request: Request, after check: Gatekeeper.Check, _ answer: @escaping @Sendable (Response) -> Void
    ) {
        let isInLine = gatekeeper?.verify(check) { caller in
            guard let caller else { return answer(refused(request, claiming: check.claimed)) }
            var request = request
            request.caller = caller
            guard let later = laterAdmitted(request) else { return answer(respondAdmitted(request)) }
            later.begin(answer)
        }
        guard isInLine != true else { return }
        answer(
            metered(
                request,
                .problem(
                    429, "too-many-logins", "Too many logins",
                    detail:
                        "many passwords wait to be verified already; a token whose sha256 is in web.config.file never waits",
                    instance: request.path, headers: [("Retry-After", "5")])))
    }

    private static func isOpen(_ request: Request) -> Bool {
        Endpoint.allCases.contains { $0.entry.permission == .open && $0.path == request.path }
    }

    /// The answer to a login that is nobody's, which is noted.
    func refused(_ request: Request, claiming claimed: String?) -> Response {
        note(request, claimed)
        return metered(request, unauthorized(request, isWrong: true))
    }

    /// One line a minute for each address: who tries passwords must not fill the log.
    private func note(_ request: Request, _ claimed: String?) {
        let from = request.peerAddress ?? "unknown"
        guard let held = failedLogins.admit(from) else { return }
        var fields = [LogField("from", from)]
        if let claimed { fields.append(LogField("who", String(claimed.prefix(100)))) }
        log.warning(.loginRefused, fields + [.count(held + 1), .reason("a password or token that is nobody's")])
    }

    func unauthorized(_ request: Request, isWrong: Bool = false) -> Response {
        let configuration = gatekeeper?.configuration ?? WebConfiguration()
        var challenges: [(name: String, value: String)] = []
        if !configuration.users.isEmpty {
            challenges.append(("WWW-Authenticate", #"Basic realm="tern", charset="UTF-8""#))
        }
        if !configuration.tokens.isEmpty {
            challenges.append(
                ("WWW-Authenticate", #"Bearer realm="tern""# + (isWrong ? #", error="invalid_token""# : "")))
        }
        var response = Response.problem(
            401, "login", "Unauthorized",
            detail: isWrong
                ? "the login is nobody's: expected a user's password or a bearer token of web.config.file"
                : "a login is wanted: a user's password or a bearer token of web.config.file",
            instance: request.path, headers: challenges)
        response.route = Endpoint(rawValue: request.path)?.path ?? "none"
        return response
    }

    func metered(_ request: Request, _ response: Response) -> Response {
        meter.record(method: request.method, response: response, seconds: nil)
        return response
    }
}
