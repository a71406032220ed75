// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTPClient
import KafkaTesting
import KafkaTypes
import Synchronization
import Testing

@testable import Login

/// Where credentials come from, each place against a server of this machine that answers as Amazon's documentation says.
struct AmazonCredentialsTests {
    /// 2026-01-02T03:04:05Z.
    private static let moment = 1_767_323_045.0
    private static let date = "Fri, 02 Jan 2026 03:04:05 GMT"

    private func surroundings(
        _ environment: [String: String], files: [String: String] = [:], output: String? = nil, now: Double = moment
    ) -> Surroundings {
        var environment = environment
        environment["HOME"] = "/home/tern"
        if environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == nil { environment["AWS_EC2_METADATA_DISABLED"] = "true" }
        return Surroundings(
            environment: environment, readFile: { files[$0] }, run: { _ in output }, http: CurlExchange(), now: { now })
    }

    /// The URL that was signed, as the token carries it.
    private func signedURL(_ login: AmazonLogin, _ surroundings: Surroundings) throws -> String {
        let token = try AmazonTokens(login: login, surroundings: surroundings).token()
        let data = try #require(Data(base64URL: token.value.reveal()))
        return String(decoding: data, as: UTF8.self)
    }

    private func failure(_ login: AmazonLogin, _ surroundings: Surroundings) -> String {
        do throws(LoginFailure) {
            _ = try AmazonTokens(login: login, surroundings: surroundings).token()
            return "a token"
        } catch { return error.description }
    }

    private static func role(_ id: String) -> String {
        """
        <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(id)</AccessKeyId>
        <SecretAccessKey>role/secret</SecretAccessKey><SessionToken>role/token+=</SessionToken>
        <Expiration>2026-01-02T03:14:05Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
        """
    }

    // MARK: Environment and files

    @Test func `the environment comes first, and the region is the login's, the environment's, or the profile's`()
        throws
    {
        let keys = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t/k"]
        let url = try signedURL(AmazonLogin(region: "eu-west-1"), surroundings(keys))
        #expect(url.hasPrefix("https://kafka.eu-west-1.amazonaws.com/?Action=kafka-cluster%3AConnect&"))
        #expect(url.contains("X-Amz-Credential=AKENV%2F20260102%2Feu-west-1%2Fkafka-cluster%2Faws4_request&"))
        #expect(url.contains("&X-Amz-Security-Token=t%2Fk&") && url.hasSuffix("&User-Agent=tern"))

        let named = keys.merging(["AWS_REGION": "us-east-2"]) { $1 }
        #expect(try signedURL(AmazonLogin(), surroundings(named)).contains("kafka.us-east-2.amazonaws.com"))
        let profile = ["/home/tern/.aws/config": "[default]\nregion = sa-east-1\n"]
        #expect(try signedURL(AmazonLogin(), surroundings(keys, files: profile)).contains("kafka.sa-east-1."))
        #expect(failure(AmazonLogin(), surroundings(keys)).hasSuffix("; set AWS_REGION, or region in the profile"))
    }

    @Test func `profiles are read from both files, and the credentials file wins`() throws {
        let files = [
            "/home/tern/.aws/credentials": """
            # people's
            [default]
            aws_access_key_id = AKDEFAULT
            aws_secret_access_key = s
            [mirror]
            aws_access_key_id=AKMIRROR
            aws_secret_access_key=s=s
            """,
            "/home/tern/.aws/config": """
            [profile mirror]
            aws_access_key_id = AKOTHER
            region = eu-north-1 ; near
            s3 =
              max_concurrent_requests = 20
            [profile process]
            credential_process = /opt/keys --json
            [profile sso]
            sso_session = corp
            [profile loop]
            role_arn = arn:aws:iam::1:role/a
            source_profile = loop2
            [profile loop2]
            role_arn = arn:aws:iam::1:role/b
            source_profile = loop
            """,
        ]
        let all = surroundings(
            [:], files: files, output: "{\"Version\":1,\"AccessKeyId\":\"AKPROC\",\"SecretAccessKey\":\"s\"}")
        #expect(try signedURL(AmazonLogin(region: "eu-west-1"), all).contains("=AKDEFAULT%2F"))
        #expect(try signedURL(AmazonLogin(profile: "mirror"), all).contains("=AKMIRROR%2F20260102%2Feu-north-1%2F"))
        let chosen = surroundings(["AWS_PROFILE": "mirror"], files: files)
        #expect(try signedURL(AmazonLogin(), chosen).contains("=AKMIRROR%2F"))
        #expect(try signedURL(AmazonLogin(region: "r", profile: "process"), all).contains("=AKPROC%2F"))

        #expect(
            failure(AmazonLogin(region: "r", profile: "process"), surroundings([:], files: files))
                == "credential_process of the AWS profile process failed; run it by hand as Tern's user")
        #expect(
            failure(AmazonLogin(region: "r", profile: "mirrror"), all)
                == "there is no AWS profile mirrror in /home/tern/.aws/credentials and /home/tern/.aws/config; check "
                + "awsProfileName in sasl.jaas.config, AWS_PROFILE and HOME: Tern reads the files of its own user")
        #expect(
            failure(AmazonLogin(region: "r", profile: "sso"), all).contains(
                "logs in by SSO, which Tern cannot; let AWS's"))
        #expect(
            failure(AmazonLogin(region: "r", profile: "loop"), all).contains("leads back to itself by source_profile"))
        #expect(
            failure(AmazonLogin(region: "r"), surroundings([:])).hasPrefix(
                "there are no AWS credentials: none in the environment (AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE), in the "
                    + "profile default of /home/tern/.aws/credentials"))
    }

    // MARK: The token service

    @Test func `a role is assumed with the credentials that were found, and its end is the token's`() throws {
        let server = try LocalHTTPServer { _ in .init(headers: ["Date": Self.date], Self.role("ASROLE")) }
        defer { server.close() }
        let keys = [
            "AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL_STS": server.address + "/",
        ]
        let role = AmazonLogin.Role("arn:aws:iam::1:role/mirror", sessionName: "tern", externalID: "x y")
        let login = AmazonLogin(region: "eu-west-1", role: role)
        let token = try AmazonTokens(login: login, surroundings: surroundings(keys)).token()
        // Ten minutes are left of the role's credentials, and a signed URL has fifteen.
        #expect(token.lifetime == .seconds(600) && token.principal == "ASROLE")
        let asked = try #require(server.requests.first)
        #expect(
            asked.body
                == "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fmirror&RoleSessionName=tern&ExternalId=x%20y&"
                + "Version=2011-06-15")
        #expect(
            asked.headers["authorization"]?.contains("Credential=AKENV/20260102/eu-west-1/sts/aws4_request") == true)
        #expect(
            asked.headers["host"] == "127.0.0.1:\(server.port)" && asked.headers["x-amz-date"] == "20260102T030405Z")

        // The same by a profile, whose source is another one.
        let files = [
            "/home/tern/.aws/config": """
            [profile base]
            aws_access_key_id = AKBASE
            aws_secret_access_key = s
            [profile far]
            role_arn = arn:aws:iam::2:role/far
            source_profile = base
            region = eu-west-3
            """
        ]
        let far = surroundings(["AWS_ENDPOINT_URL_STS": server.address], files: files)
        #expect(try signedURL(AmazonLogin(profile: "far"), far).contains("=ASROLE%2F20260102%2Feu-west-3%2F"))
        #expect(server.requests.last?.headers["authorization"]?.contains("AKBASE/20260102/eu-west-3/sts") == true)
    }

    @Test func `a refused role, and a clock that is wrong, are told in one sentence`() throws {
        let server = try LocalHTTPServer { request in
            let isLate = request.body.contains("role%2Flate")
            return .init(
                403, headers: ["Date": isLate ? "Fri, 02 Jan 2026 03:20:05 GMT" : Self.date],
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User a is not authorized</Message></Error></ErrorResponse>"
            )
        }
        defer { server.close() }
        let keys = ["AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": server.address]
        let role = { (name: String) in
            AmazonLogin(region: "r", role: AmazonLogin.Role("arn:aws:iam::1:role/\(name)", sessionName: "tern"))
        }
        #expect(
            failure(role("mirror"), surroundings(keys))
                == "\(server.address) refuses the role arn:aws:iam::1:role/mirror: AccessDenied, User a is not authorized; the "
                + "role's trust policy has to let AKENV assume it, and the policy of that one sts:AssumeRole")
        #expect(
            failure(role("late"), surroundings(keys))
                == "this machine's clock is 960 s behind Amazon's, which refuses what is signed by it; set the clock by NTP"
        )
    }

    @Test func `a service account's token becomes a role's credentials, as on EKS`() throws {
        let server = try LocalHTTPServer { _ in .init(Self.role("ASWEB")) }
        defer { server.close() }
        let environment = [
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod",
            "AWS_ROLE_SESSION_NAME": "pod-1", "AWS_ENDPOINT_URL_STS": server.address,
        ]
        let found = surroundings(environment, files: ["/var/run/token": "ey.j.w\n"])
        #expect(try signedURL(AmazonLogin(region: "r"), found).contains("=ASWEB%2F"))
        let asked = try #require(server.requests.first)
        #expect(asked.headers["authorization"] == nil)
        #expect(
            asked.body.contains("Action=AssumeRoleWithWebIdentity&") && asked.body.contains("&WebIdentityToken=ey.j.w&")
        )
        #expect(
            failure(AmazonLogin(region: "r"), surroundings(environment)).hasPrefix(
                "the web identity's token /var/run/token cannot be read; check AWS_WEB_IDENTITY_TOKEN_FILE"))
    }

    @Test(arguments: ["eu-west-1@evil.example/", "eu west", "EU-WEST-1", "eu-west-1\u{1B}[2J", "e/", "e?", "e#", "é"])
    func `a region that would lead to another host is refused, and told on one line`(region: String) {
        let keys = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s"]
        let told = failure(AmazonLogin(region: region), surroundings(keys))
        #expect(told.contains("is no AWS region: expected small letters, digits and dashes, as in eu-west-1"))
        #expect(!told.contains("\u{1B}"))
        var login = AmazonLogin(region: "eu-west-1")
        login.role = AmazonLogin.Role("arn", sessionName: "tern", region: region)
        #expect(failure(login, surroundings(keys)) == told)
    }

    @Test func `a credential with a line end in it makes no further headers`() throws {
        let server = try LocalHTTPServer { _ in .init("{}") }
        defer { server.close() }
        let request = HTTPRequest(address: server.address, headers: [("Authorization", "token\r\nX-Other: y")])
        #expect(throws: HTTPFailure(kind: .other, reason: "a credential has control characters in it")) {
            try CurlExchange().answer(to: request)
        }
        #expect(server.requests.isEmpty)
    }

    // MARK: Where the program runs

    @Test func `a container's credentials are asked for with its token`() throws {
        let server = try LocalHTTPServer { request in
            guard request.headers["authorization"] == "pod-token" else { return .init(401, "who are you?") }
            return .init(
                "{\"AccessKeyId\":\"ASPOD\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2026-01-02T04:04:05Z\"}"
            )
        }
        defer { server.close() }
        let address = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.address)/v1/credentials"]
        let file = address.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token"]) { $1 }
        #expect(
            try signedURL(AmazonLogin(region: "r"), surroundings(file, files: ["/token": "pod-token"])).contains(
                "=ASPOD%2F"))
        let direct = address.merging(["AWS_CONTAINER_AUTHORIZATION_TOKEN": "pod-token"]) { $1 }
        #expect(try signedURL(AmazonLogin(region: "r"), surroundings(direct)).contains("=ASPOD%2F"))
        #expect(
            failure(AmazonLogin(region: "r"), surroundings(address))
                == "\(server.address)/v1/credentials answers 401: who are you?; check the role of the task or of the pod's "
                + "service account")
    }

    @Test func `an instance's credentials are asked for by the second version of its metadata service`() throws {
        let server = try LocalHTTPServer { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token") where request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "300":
                .init("session")
            case (_, _) where request.headers["x-aws-ec2-metadata-token"] != "session": .init(401)
            case ("GET", "/latest/meta-data/iam/security-credentials/"): .init("mirror-role\n")
            case ("GET", "/latest/meta-data/iam/security-credentials/mirror-role"):
                .init("{\"Code\":\"Success\",\"AccessKeyId\":\"ASEC2\",\"SecretAccessKey\":\"s\",\"Token\":\"t\"}")
            default: .init(404)
            }
        }
        defer { server.close() }
        let found = surroundings(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.address])
        #expect(try signedURL(AmazonLogin(region: "r"), found).contains("=ASEC2%2F"))
    }
}
