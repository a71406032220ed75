// SPDX-License-Identifier: Apache-2.0
internal import HTTPClient
internal import KafkaTypes
internal import Text

/// AWS's Security Token Service, which gives credentials of a role to who may have them.
struct TokenService {
    let surroundings: Surroundings
    let region: String

    private var endpoint: String {
        if let own = surroundings.value("AWS_ENDPOINT_URL_STS") ?? surroundings.value("AWS_ENDPOINT_URL") { return own }
        return "https://sts.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")/"
    }

    /// The action `AssumeRole`.
    func assume(
        _ role: AmazonLogin.Role, as credentials: AmazonCredentials
    ) throws(LoginFailure) -> AmazonCredentials {
        var form = [("Action", "AssumeRole"), ("RoleArn", role.name), ("RoleSessionName", role.sessionName)]
        if let id = role.externalID { form.append(("ExternalId", id)) }
        let remedy =
            "the role's trust policy has to let \(credentials.keyID.printable) assume it, and the policy of that one sts:AssumeRole"
        return try ask(form, for: role, signedBy: credentials, remedy: remedy)
    }

    /// The action `AssumeRoleWithWebIdentity`.
    func assume(
        _ role: AmazonLogin.Role, withWebIdentityIn file: String
    ) throws(LoginFailure) -> AmazonCredentials {
        guard let token = surroundings.readFile(file)?.trimmed, !token.isEmpty else {
            throw LoginFailure(
                "the web identity's token \(file.printable) cannot be read",
                remedy: "check AWS_WEB_IDENTITY_TOKEN_FILE, and that Tern's user may read the file")
        }
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("RoleArn", role.name), ("RoleSessionName", role.sessionName),
            ("WebIdentityToken", token),
        ]
        return try ask(
            form, for: role, signedBy: nil,
            remedy: "the role's trust policy has to name the cluster's OIDC provider and the service account")
    }

    private func ask(
        _ form: [(String, String)], for role: AmazonLogin.Role, signedBy credentials: AmazonCredentials?, remedy: String
    ) throws(LoginFailure) -> AmazonCredentials {
        try AmazonTokens.check(region: region)
        let fields = (form + [("Version", "2011-06-15")]).map { "\($0.0)=\($0.1.percentEncoded)" }
        let body = Array(fields.joined(separator: "&").utf8)
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        var headers = [(name: "content-type", value: type)]
        if let credentials {
            let signature = SignatureV4(credentials, region: region, service: "sts", time: surroundings.now())
            headers = signature.signedHeaders(host: Self.host(of: endpoint), contentType: type, body: body)
        }
        let request = HTTPRequest(method: .post, address: endpoint, headers: headers, body: body)
        let answer: HTTPResponse
        do throws(HTTPFailure) { answer = try surroundings.http.answer(to: request) } catch {
            throw LoginFailure(
                "\(endpoint.printable) does not answer for the role \(role.name.printable): \(error.reason.printable)",
                remedy: "the machine needs a way to it: a NAT gateway, or an interface endpoint for sts in its network")
        }
        let skew = ClockSkew(answer, now: surroundings.now())
        if let failure = skew?.failure { throw failure }
        guard answer.status == 200 else {
            let words = [answer.text.element("Code"), answer.text.element("Message")].compactMap { $0 }
            throw LoginFailure(
                "\(endpoint.printable) refuses the role \(role.name.printable): \(words.joined(separator: ", ").shortened)",
                remedy: remedy)
        }
        guard let id = answer.text.element("AccessKeyId"), let secret = answer.text.element("SecretAccessKey"),
            let token = answer.text.element("SessionToken")
        else {
            throw LoginFailure(
                "\(endpoint.printable) answers without credentials for the role \(role.name.printable)",
                remedy: "is something else at that address (AWS_ENDPOINT_URL_STS)?")
        }
        return AmazonCredentials(
            keyID: id, secret: secret, sessionToken: token,
            end: answer.text.element("Expiration").flatMap(AmazonCredentials.seconds))
    }

    /// What stands in the `Host` header: with the port where there is one.
    private static func host(of address: String) -> String {
        let rest = address.split(separator: "://", maxSplits: 1).last ?? ""
        return String(rest.prefix { $0 != "/" && $0 != "?" })
    }
}

/// How far this machine's clock is from Amazon's, by an answer's `Date`. Signatures are refused beyond five minutes.
struct ClockSkew {
    private static let tolerated = 300.0
    /// In seconds; above zero: this clock is ahead.
    let ahead: Double

    init?(_ answer: HTTPResponse, now: Double) {
        guard let date = answer.headers["date"].flatMap(HTTPDate.seconds) else { return nil }
        ahead = now - date
    }

    var failure: LoginFailure? {
        guard abs(ahead) > Self.tolerated else { return nil }
        return LoginFailure(
            "this machine's clock is \(Int(abs(ahead))) s \(ahead > 0 ? "ahead of" : "behind") Amazon's, which refuses what is "
                + "signed by it",
            remedy: "set the clock by NTP")
    }
}

/// `Tue, 15 Nov 1994 08:12:31 GMT` (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month + 1
        return AmazonCredentials.seconds("\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
    }
}

extension String {
    /// The text of the first XML element of that name. The service's answers have no attributes and escape nothing that is read
    /// here, except in sentences for people.
    fileprivate func element(_ name: String) -> String? {
        guard let start = ranges(of: "<\(name)>").first, let end = ranges(of: "</\(name)>").first,
            start.upperBound <= end.lowerBound
        else { return nil }
        return String(self[start.upperBound..<end.lowerBound])
    }
}
