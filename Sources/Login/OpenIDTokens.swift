// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import HTTPClient
internal import KafkaTypes
internal import Platform
internal import Text

/// Tokens of an OAuth 2.0 server, as Kafka's own `OAuthBearerLoginCallbackHandler` gets them.
struct OpenIDTokens: TokenProvider {
    let login: OpenIDLogin
    let http: any HTTPExchange
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    func token() throws(LoginFailure) -> AccessToken {
        switch login.source {
        case .clientCredentials(let endpoint, let credentials): try ask(endpoint, credentials)
        case .assertion(let endpoint, let assertion, let use, let scope):
            try ask(endpoint, AssertionMaker(assertion, now: now()).text(), use, scope: scope)
        case .file(let path): try read(path)
        }
    }

    // MARK: A server

    private func ask(
        _ endpoint: String, _ credentials: OpenIDLogin.ClientCredentials
    ) throws(LoginFailure) -> AccessToken {
        let (id, secret) = (credentials.id, credentials.secret.reveal())
        let encode: (String) -> String = { credentials.encodesHeader ? $0.formEncoded : $0 }
        let login = Data("\(encode(id)):\(encode(secret))".utf8).base64EncodedString()
        var form = [("grant_type", "client_credentials")]
        if let scope = credentials.scope { form.append(("scope", scope)) }
        return try send(
            form, to: endpoint, headers: [("Authorization", "Basic \(login)")], principal: id,
            remedy: "check clientId and clientSecret in sasl.jaas.config")
    }

    private func ask(
        _ endpoint: String, _ assertion: String, _ use: OpenIDLogin.AssertionUse, scope: String?
    ) throws(LoginFailure) -> AccessToken {
        var form: [(String, String)]
        switch use {
        case .grant:
            form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]
        case .client(let id):
            form = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                ("client_assertion", assertion),
            ]
            if let id { form.append(("client_id", id)) }
        }
        if let scope { form.append(("scope", scope)) }
        return try send(
            form, to: endpoint, headers: [], principal: WebToken(assertion)?.subject ?? "",
            remedy: "check sasl.oauthbearer.assertion.… against what that server expects, and this machine's clock")
    }

    private func send(
        _ form: [(String, String)], to endpoint: String, headers: [(name: String, value: String)], principal: String,
        remedy: String
    ) throws(LoginFailure) -> AccessToken {
        let body = form.map { "\($0.0)=\($0.1.formEncoded)" }.joined(separator: "&")
        let request = HTTPRequest(
            method: .post, address: endpoint,
            headers: headers + [
                ("Accept", "application/json"), ("Cache-Control", "no-cache"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ], body: Array(body.utf8), trust: login.trust, limits: login.limits)
        let answer: HTTPResponse
        do throws(HTTPFailure) { answer = try http.answer(to: request) } catch {
            throw Self.unanswered(endpoint, error)
        }
        guard answer.status == 200 else { throw Self.refused(endpoint, answer, remedy: remedy) }
        guard let document = try? JSONValue(parsing: answer.body), let token = document["access_token"]?.string,
            !token.isEmpty, Self.isToken(token)
        else {
            throw LoginFailure(
                "\(endpoint.printable) answers without an access_token that could be one",
                remedy: "sasl.oauthbearer.token.endpoint.url may be another page of that server")
        }
        return try self.token(
            token, source: endpoint, expiresIn: document["expires_in"]?.number, principal: principal)
    }

    private static func unanswered(_ endpoint: String, _ failure: HTTPFailure) -> LoginFailure {
        let name = endpoint.printable
        return switch failure.kind {
        case .address:
            LoginFailure(
                "\(name) is no address to ask for a token: \(failure.reason.printable)",
                remedy: "correct sasl.oauthbearer.token.endpoint.url")
        case .certificate:
            LoginFailure(
                "the certificate of \(name) is not trusted: \(failure.reason.printable)",
                remedy:
                    "name its authority by ssl.truststore.location=\"….pem\" and ssl.truststore.type=\"PEM\" inside "
                    + "sasl.jaas.config, or install it in the system")
        case .unreachable, .tooSlow, .other:
            LoginFailure(
                "\(name) does not answer: \(failure.reason.printable)",
                remedy: "check sasl.oauthbearer.token.endpoint.url, the network, and https_proxy")
        }
    }

    /// RFC 6749, section 5.2.
    private static func refused(
        _ endpoint: String, _ answer: HTTPResponse, remedy: String
    ) -> LoginFailure {
        let document = try? JSONValue(parsing: answer.body)
        let words = [document?["error"]?.string, document?["error_description"]?.string].compactMap { $0 }
        let told = words.isEmpty ? "" : ": \(words.joined(separator: ", ").shortened)"
        let cause = "\(endpoint.printable) answers \(answer.status)\(told)"
        switch (words.first, answer.status) {
        case ("invalid_client", _), ("unauthorized_client", _), ("invalid_grant", _), (_, 401), (_, 403):
            return LoginFailure(cause, remedy: remedy)
        case ("invalid_scope", _): return LoginFailure(cause, remedy: "check scope in sasl.jaas.config")
        case (_, 300..<400):
            return LoginFailure(
                cause,
                remedy:
                    "redirects are not followed: write the address that it leads to as sasl.oauthbearer.token.endpoint.url"
            )
        case (_, 404), (_, 405):
            return LoginFailure(cause, remedy: "check sasl.oauthbearer.token.endpoint.url")
        case (_, 500...): return LoginFailure(cause, remedy: "the server is in trouble; it is asked again")
        default: return LoginFailure(cause, remedy: "check the client's settings on that server")
        }
    }

    // MARK: A file

    private func read(_ path: String) throws(LoginFailure) -> AccessToken {
        let text: String
        do throws(SystemFailure) {
            text = String(decoding: try FileDescriptors.contents(ofFile: path, limit: 1 << 20), as: UTF8.self).trimmed
        } catch {
            throw LoginFailure(
                "the token's file \(path.printable) cannot be read: \(error.reason)",
                remedy: "check sasl.oauthbearer.token.endpoint.url")
        }
        guard Self.isToken(text), let end = WebToken(text)?.end else {
            throw LoginFailure(
                "the file \(path.printable) holds no JSON Web Token with an end (exp)",
                remedy: "check sasl.oauthbearer.token.endpoint.url")
        }
        // It may have lain there for long: how long it was to live in all says nothing.
        guard end > now() else {
            let age = Int(exactly: (now() - end).rounded()).map { "\($0) s" } ?? "long"
            throw LoginFailure(
                "the token in the file \(path.printable) ended \(age) ago",
                remedy: "whoever writes that file has to renew it; check this machine's clock, too")
        }
        return AccessToken(
            Secret(text), principal: WebToken(text)?.subject ?? "", lifetime: .lifetime(seconds: end - now()),
            extensions: login.extensions)
    }

    /// The characters of RFC 6750, section 2.1: with others the message that carries it would be another one.
    private static func isToken(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                true
            default: false
            }
        }
    }

    private func token(
        _ text: String, source: String, expiresIn: Double?, principal: String
    ) throws(LoginFailure) -> AccessToken {
        let claims = WebToken(text)
        let lifetime =
            claims?.lifetime ?? (expiresIn ?? claims?.end.map { $0 - now() }).map { .lifetime(seconds: $0) }
        guard let lifetime, lifetime > .zero else {
            throw LoginFailure(
                "\(source.printable) gives a token of which nobody knows how long it is valid",
                remedy: "it has to be a JSON Web Token with iat and exp, or come with expires_in")
        }
        return AccessToken(
            Secret(text), principal: claims?.subject ?? principal, lifetime: lifetime, extensions: login.extensions)
    }
}

extension String {
    /// `application/x-www-form-urlencoded`: unreserved characters stay, a blank is `+`.
    var formEncoded: String {
        percentEncoded.split(separator: "%20", omittingEmptySubsequences: false).joined(separator: "+")
    }

    /// RFC 3986: all but unreserved characters as `%XX`.
    var percentEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What a server says of itself: on one line, and not pages of it.
    var shortened: String {
        let text = printable
        return text.count > 200 ? "\(text.prefix(200))…" : text
    }
}
