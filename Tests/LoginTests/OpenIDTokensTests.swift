// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTPClient
import KafkaTesting
import KafkaTypes
import Testing

@testable import Login

/// Tokens of an OAuth 2.0 server, which here is one of this machine.
struct OpenIDTokensTests {
    private func login(
        _ address: String, secret: String = "s3cret", scope: String? = nil, encodes: Bool = false,
        extensions: [String: String] = [:]
    ) -> OpenIDLogin {
        let client = OpenIDLogin.ClientCredentials(
            id: "tern mirror", secret: Secret(secret), scope: scope, encodesHeader: encodes)
        return OpenIDLogin(
            .clientCredentials(endpoint: address, client), extensions: extensions,
            limits: RequestLimits(connect: .seconds(2), whole: .seconds(2)))
    }

    private func token(_ login: OpenIDLogin, now: Double = 0) throws(LoginFailure) -> AccessToken {
        try OpenIDTokens(login: login, http: CurlExchange(), now: { now }).token()
    }

    private func failure(_ login: OpenIDLogin, now: Double = 0) -> String {
        do throws(LoginFailure) {
            _ = try token(login, now: now)
            return "a token"
        } catch { return error.description }
    }

    private func webToken(_ claims: String) -> String {
        let encoded = { (text: String) in Data(text.utf8).base64URL }
        return "\(encoded("{\"alg\":\"RS256\"}")).\(encoded(claims)).\(encoded("signature"))"
    }

    @Test func `a client asks with its name and secret, and gets a token that says how long it lives`() throws {
        let text = webToken("{\"sub\":\"service-account-tern\",\"iat\":1000,\"exp\":1300}")
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"\(text)\",\"expires_in\":60}") }
        defer { server.close() }
        let token = try token(
            login("\(server.address)/token", scope: "kafka read", extensions: ["logicalCluster": "lkc-1"]))
        #expect(token.value.reveal() == text && token.principal == "service-account-tern")
        // By the token itself, whatever this machine's clock says.
        #expect(token.lifetime == .seconds(300) && token.extensions == ["logicalCluster": "lkc-1"])
        let asked = try #require(server.requests.first)
        #expect(asked.method == "POST" && asked.path == "/token")
        #expect(asked.body == "grant_type=client_credentials&scope=kafka+read")
        #expect(asked.headers["authorization"] == "Basic " + Data("tern mirror:s3cret".utf8).base64EncodedString())
        #expect(asked.headers["content-type"] == "application/x-www-form-urlencoded")

        _ = try self.token(login(server.address, secret: "a:b/c", encodes: true))
        #expect(
            server.requests.last?.headers["authorization"]
                == "Basic " + Data("tern+mirror:a%3Ab%2Fc".utf8).base64EncodedString())
    }

    @Test func `a token that is no JSON Web Token lives as long as the answer says`() throws {
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"opaque\",\"expires_in\":90}") }
        defer { server.close() }
        let token = try token(login(server.address))
        #expect(token.lifetime == .seconds(90) && token.principal == "tern mirror")
    }

    @Test(arguments: [
        "{\"iat\":0,\"exp\":1e300}", "{\"iat\":-1e300,\"exp\":1e300}", "{\"iat\":1000,\"exp\":9223372036854775807}",
        "{\"nbf\":1000,\"exp\":100000000000}",
    ])
    func `a token that would live for ages is renewed after ten years`(claims: String) throws {
        let text = webToken(claims)
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"\(text)\"}") }
        defer { server.close() }
        let tenYears = Duration.seconds(315_360_000)
        #expect(try token(login(server.address)).lifetime == tenYears)
        let opaque = try LocalHTTPServer { _ in .init("{\"access_token\":\"opaque\",\"expires_in\":1e300}") }
        defer { opaque.close() }
        #expect(try token(login(opaque.address)).lifetime == tenYears)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("token", text)
        #expect(try token(OpenIDLogin(.file(folder.path("token")))).lifetime == tenYears)
    }

    @Test func `a token that ended before time began is told as any that has ended`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("token", webToken("{\"exp\":-1e300}"))
        #expect(failure(OpenIDLogin(.file(folder.path("token")))).contains("ended long ago; whoever writes that file"))
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"opaque\",\"expires_in\":-1e300}") }
        defer { server.close() }
        #expect(failure(login(server.address)).contains("of which nobody knows how long it is valid"))
    }

    @Test func `what goes wrong is told in one sentence with what to change`() throws {
        let server = try LocalHTTPServer { request in
            switch request.path {
            case "/secret": .init(401, "{\"error\":\"invalid_client\",\"error_description\":\"Bad\\nsecret\"}")
            case "/scope": .init(400, "{\"error\":\"invalid_scope\"}")
            case "/moved": .init(302, headers: ["Location": "http://127.0.0.1/"])
            case "/page": .init("<html>")
            case "/odd": .init("{\"access_token\":\"a\\u0001auth=b\",\"expires_in\":60}")
            case "/endless": .init("{\"access_token\":\"opaque\"}")
            case "/trouble": .init(503)
            default: .init(404, "not here")
            }
        }
        defer { server.close() }
        let base = server.address
        let expected = [
            "/secret": "answers 401: invalid_client, Bad\\nsecret; check clientId and clientSecret in sasl.jaas.config",
            "/scope": "answers 400: invalid_scope; check scope in sasl.jaas.config",
            "/moved": "answers 302; redirects are not followed: write the address that it leads to as "
                + "sasl.oauthbearer.token.endpoint.url",
            "/page":
                "answers without an access_token that could be one; sasl.oauthbearer.token.endpoint.url may be another page of that server",
            "/odd":
                "answers without an access_token that could be one; sasl.oauthbearer.token.endpoint.url may be another page of "
                + "that server",
            "/endless":
                "gives a token of which nobody knows how long it is valid; it has to be a JSON Web Token with iat and "
                + "exp, or come with expires_in",
            "/trouble": "answers 503; the server is in trouble; it is asked again",
            "/nowhere": "answers 404; check sasl.oauthbearer.token.endpoint.url",
        ]
        for (path, sentence) in expected { #expect(failure(login(base + path)) == "\(base)\(path) \(sentence)") }
        let silent = try unusedPort()
        #expect(
            failure(login("http://127.0.0.1:\(silent)/")).hasPrefix("http://127.0.0.1:\(silent)/ does not answer: "))
        #expect(failure(login("http://[/")).hasPrefix("http://[/ is no address to ask for a token: "))
    }

    @Test func `a token may lie in a file that somebody else renews`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path("token")
        let text = webToken("{\"sub\":\"system:serviceaccount:tern\",\"iat\":1000,\"exp\":2000}")
        try folder.write("token", text + "\n")
        let found = try token(OpenIDLogin(.file(path)), now: 1500)
        #expect(found.value.reveal() == text && found.lifetime == .seconds(500))
        #expect(
            failure(OpenIDLogin(.file(path)), now: 2060)
                == "the token in the file \(path) ended 60 s ago; whoever writes that file has to renew it; check this machine's "
                + "clock, too")
        #expect(failure(OpenIDLogin(.file("/nowhere"))).hasPrefix("the token's file /nowhere cannot be read: "))
    }
}
