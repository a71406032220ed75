// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import KafkaTypes
internal import Text

/// Tokens that Amazon MSK takes where its access control is by IAM: a request "connect to the cluster" as a URL that is signed
/// and never sent, in base64. Byte for byte what Amazon's own signers make of the same credentials, region and moment.
struct AmazonTokens: TokenProvider {
    /// How long a signed URL is valid; the brokers take no longer ones.
    private static let validity = 900

    let login: AmazonLogin
    let surroundings: Surroundings
    /// What the cluster's own logs call the client.
    var userAgent = "tern"

    func token() throws(LoginFailure) -> AccessToken {
        let chain = CredentialChain(surroundings: surroundings, profile: login.profile)
        guard let region = login.region ?? chain.region else {
            throw LoginFailure(
                "the cluster's AWS region is not known: its bootstrap.servers have no such name as "
                    + "b-1.….kafka.eu-west-1.amazonaws.com",
                remedy: "set AWS_REGION, or region in the profile")
        }
        try Self.check(region: region)
        var credentials =
            if let keys = login.keys { AmazonCredentials(keys) } else { try chain.credentials(region: region) }
        if let role = login.role {
            let service = TokenService(surroundings: surroundings, region: role.region ?? region)
            credentials = try service.assume(role, as: credentials)
        }
        let now = surroundings.now()
        let left = credentials.end.map { $0 - now } ?? .infinity
        guard left > 0 else {
            throw LoginFailure(
                "the AWS credentials \(credentials.keyID.printable) ended \(Int(-left)) s ago",
                remedy: "renew them, and check this machine's clock")
        }
        return AccessToken(
            Secret(Self.text(credentials, region: region, time: now, userAgent: userAgent)),
            principal: credentials.keyID, lifetime: .seconds(min(Double(Self.validity), left)))
    }

    /// A region becomes part of the names of hosts that signed requests go to: `eu-west-1`.
    static func check(region: String) throws(LoginFailure) {
        let isName = region.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard isName, !region.isEmpty else {
            throw LoginFailure(
                "'\(region.shortened)' is no AWS region: expected small letters, digits and dashes, as in eu-west-1",
                remedy: "correct AWS_REGION, region in the profile, or awsStsRegion in sasl.jaas.config")
        }
    }

    static func text(
        _ credentials: AmazonCredentials, region: String, time: Double, userAgent: String
    ) -> String {
        let signature = SignatureV4(credentials, region: region, service: "kafka-cluster", time: time)
        let url = signature.signedURL(
            host: "kafka.\(region).amazonaws.com", query: [("Action", "kafka-cluster:Connect")], validFor: validity)
        // Not signed: brokers write it down.
        return Data("\(url)&User-Agent=\(userAgent.percentEncoded)".utf8).base64URL
    }
}
