// SPDX-License-Identifier: Apache-2.0
internal import HTTPClient
internal import KafkaTypes
internal import Text

/// Credentials that the place gives where the program runs.
struct HostCredentials {
    let surroundings: Surroundings

    /// Nothing on these addresses is far away.
    private static let limits = RequestLimits(connect: .seconds(2), whole: .seconds(5))

    // MARK: Containers

    /// Of ECS and of EKS's Pod Identity: an address and a token in the environment.
    /// - Returns: `nil` when the environment names no such address.
    func ofContainer() throws(LoginFailure) -> AmazonCredentials? {
        let address: String
        if let path = surroundings.value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            address = "http://169.254.170.2\(path)"
        } else if let whole = surroundings.value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            address = whole
        } else {
            return nil
        }
        var token = surroundings.value("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let file = surroundings.value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            token = surroundings.readFile(file)?.trimmed
            if token == nil {
                throw LoginFailure(
                    "the container's token \(file.printable) cannot be read",
                    remedy: "check AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, and that Tern's user may read the file")
            }
        }
        let headers = token.map { [(name: "Authorization", value: $0)] } ?? []
        let answer = try ask(
            address, headers: headers, remedy: "check AWS_CONTAINER_CREDENTIALS_FULL_URI and the pod's role")
        guard answer.status == 200 else {
            throw LoginFailure(
                "\(address.printable) answers \(answer.status): \(answer.text.shortened)",
                remedy: "check the role of the task or of the pod's service account")
        }
        return try credentials(in: answer, from: address)
    }

    // MARK: Instances

    /// Of EC2, by the second version of its metadata service, which takes a token for every question.
    /// - Returns: `nil` where there is no such service, as anywhere else than on EC2.
    func ofInstance() throws(LoginFailure) -> AmazonCredentials? {
        if surroundings.value("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" { return nil }
        let service = surroundings.value("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        let base = service.hasSuffix("/") ? String(service.dropLast()) : service
        let asking = HTTPRequest(
            method: .put, address: "\(base)/latest/api/token",
            headers: [("X-aws-ec2-metadata-token-ttl-seconds", "300")], limits: Self.limits, usesProxy: false)
        // No answer: this is no instance, or a container that is too many hops away from it.
        guard let granted = try? surroundings.http.answer(to: asking), granted.status == 200 else { return nil }
        let headers = [(name: "X-aws-ec2-metadata-token", value: granted.text)]
        let folder = "\(base)/latest/meta-data/iam/security-credentials/"
        let remedy = "check the instance's metadata options"
        let list = try ask(folder, headers: headers, remedy: remedy)
        guard list.status == 200, let role = list.text.split(whereSeparator: \.isNewline).first else {
            throw LoginFailure(
                "this instance has no role", remedy: "attach an instance profile that may connect to the cluster")
        }
        let address = "\(folder)\(role.trimmed.percentEncoded)"
        let answer = try ask(address, headers: headers, remedy: remedy)
        guard answer.status == 200 else {
            throw LoginFailure("\(address.printable) answers \(answer.status)", remedy: remedy)
        }
        return try credentials(in: answer, from: address)
    }

    private func ask(
        _ address: String, headers: [(name: String, value: String)], remedy: String
    ) throws(LoginFailure) -> HTTPResponse {
        let request = HTTPRequest(address: address, headers: headers, limits: Self.limits, usesProxy: false)
        do throws(HTTPFailure) { return try surroundings.http.answer(to: request) } catch {
            throw LoginFailure("\(address.printable) does not answer: \(error.reason.printable)", remedy: remedy)
        }
    }

    private func credentials(in answer: HTTPResponse, from address: String) throws(LoginFailure) -> AmazonCredentials {
        if let failure = ClockSkew(answer, now: surroundings.now())?.failure { throw failure }
        guard let document = try? JSONValue(parsing: answer.body), let found = AmazonCredentials(document) else {
            throw LoginFailure(
                "\(address.printable) answers without credentials", remedy: "is something else at that address?")
        }
        return found
    }
}
