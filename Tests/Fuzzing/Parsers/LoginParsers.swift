// SPDX-License-Identifier: Apache-2.0
import HTTPClient
@testable import Login
import KafkaTypes

extension FuzzedParser {
    static let logins = [
        FuzzedParser("tokens", readTokenAnswer),
        FuzzedParser("aws", readAmazon),
    ]

    /// Answers everything with the same.
    private struct CannedExchange: HTTPExchange {
        let response: HTTPResponse
        func answer(to _: HTTPRequest) throws(HTTPFailure) -> HTTPResponse { response }
    }

    /// How a login ends: with a token that lives for some time, or with a sentence.
    private static func check(_ provider: any TokenProvider) throws(BrokenPromise) {
        let token: AccessToken
        do throws(LoginFailure) { token = try provider.token() } catch {
            return try promise(isOneLine: error.description, of: "a failed login")
        }
        try promise(token.lifetime > .zero && token.lifetime < .seconds(1 << 40), "a token lives \(token.lifetime)")
        try promise(!token.value.reveal().isEmpty, "a token is empty")
    }

    /// A digit: what the server answers; then its answer, or the claims of the token in it.
    private static func readTokenAnswer(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let kind = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        let response: HTTPResponse
        switch kind {
        case UInt8(ascii: "4"): response = HTTPResponse(status: 401, body: rest)
        case UInt8(ascii: "t"):
            let token = "\(base64URL("{}")).\(base64URL(rest.text)).\(base64URL("signature"))"
            response = HTTPResponse(status: 200, body: Array("{\"access_token\":\"\(token)\"}".utf8))
        default: response = HTTPResponse(status: 200, body: rest)
        }
        let client = OpenIDLogin.ClientCredentials(id: "tern", secret: Secret("secret"))
        let login = OpenIDLogin(.clientCredentials(endpoint: "https://idp.example/token", client))
        try check(OpenIDTokens(login: login, http: CannedExchange(response: response), now: { 1_000_000_000 }))
    }

    /// A letter: where credentials come from; then the `Date` of the answers, a line end, and what is there.
    private static func readAmazon(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let kind = bytes.first else { return }
        let (date, rest) = Array(bytes.dropFirst()).cut(at: 0x0A)
        var environment = ["HOME": "/home/tern", "AWS_REGION": "eu-west-1"]
        var login = AmazonLogin()
        switch kind {
        case UInt8(ascii: "c"): environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1/credentials"
        case UInt8(ascii: "r"):
            environment["AWS_ACCESS_KEY_ID"] = "AKIA"
            environment["AWS_SECRET_ACCESS_KEY"] = "secret"
            login.role = AmazonLogin.Role("arn:aws:iam::1:role/tern", sessionName: "tern")
        case UInt8(ascii: "w"):
            environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token"
            environment["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/tern"
        default: break
        }
        let surroundings = Surroundings(
            environment: environment, readFile: { _ in rest.text }, run: { _ in rest.text },
            http: CannedExchange(response: HTTPResponse(status: 200, headers: ["date": date.text], body: rest)),
            now: { 1_767_323_045 })
        try check(AmazonTokens(login: login, surroundings: surroundings))
    }

    private static func base64URL(_ text: String) -> String { Array(text.utf8).base64URL }
}
