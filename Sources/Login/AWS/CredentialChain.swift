// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import KafkaTypes
internal import Text

/// Looks for credentials where AWS's own tools do, in the order of the Java SDK: environment, web identity, profile,
/// container, instance. A profile that was named is the only place. Source: the AWS SDKs and Tools Reference Guide, "Standardized
/// credential providers".
struct CredentialChain {
    let surroundings: Surroundings
    /// By name; `nil`: AWS_PROFILE, or `default`.
    let profile: String?

    private var profiles: Profiles { Profiles(surroundings) }
    private var profileName: String { profile ?? surroundings.value("AWS_PROFILE") ?? "default" }

    /// `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's.
    var region: String? {
        surroundings.value("AWS_REGION") ?? surroundings.value("AWS_DEFAULT_REGION")
            ?? profiles[profileName]?["region"]
    }

    /// - Parameter region: of the token service, where a role has to be assumed.
    func credentials(region: String) throws(LoginFailure) -> AmazonCredentials {
        if profile != nil { return try credentials(ofProfile: profileName, region: region) }
        if let found = ofEnvironment { return found }
        if let found = try ofWebIdentity(region: region) { return found }
        if let found = profiles[profileName], found.hasCredentials {
            return try credentials(ofProfile: profileName, region: region)
        }
        let host = HostCredentials(surroundings: surroundings)
        if let found = try host.ofContainer() { return found }
        if let found = try host.ofInstance() { return found }
        throw LoginFailure(
            "there are no AWS credentials: none in the environment (AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE), in the "
                + "profile \(profileName.printable) of \(profiles.places.printable), from the container or from the instance",
            remedy: "give the pod or the instance a role, or name a profile: awsProfileName in sasl.jaas.config")
    }

    private var ofEnvironment: AmazonCredentials? {
        guard let id = surroundings.value("AWS_ACCESS_KEY_ID"), let secret = surroundings.value("AWS_SECRET_ACCESS_KEY")
        else { return nil }
        return AmazonCredentials(
            keyID: id, secret: secret, sessionToken: surroundings.value("AWS_SESSION_TOKEN"))
    }

    /// As EKS sets it up for service accounts.
    private func ofWebIdentity(region: String) throws(LoginFailure) -> AmazonCredentials? {
        guard let file = surroundings.value("AWS_WEB_IDENTITY_TOKEN_FILE"),
            let role = surroundings.value("AWS_ROLE_ARN")
        else { return nil }
        let session = surroundings.value("AWS_ROLE_SESSION_NAME") ?? "tern"
        return try TokenService(surroundings: surroundings, region: region)
            .assume(AmazonLogin.Role(role, sessionName: session), withWebIdentityIn: file)
    }

    // MARK: Profiles

    /// - Parameter chain: the profiles that led here, each by its `source_profile`.
    private func credentials(
        ofProfile name: String, region: String, chain: [String] = []
    ) throws(LoginFailure) -> AmazonCredentials {
        guard let profile = profiles[name] else {
            throw LoginFailure(
                "there is no AWS profile \(name.printable) in \(profiles.places.printable)",
                remedy:
                    "check awsProfileName in sasl.jaas.config, AWS_PROFILE and HOME: Tern reads the files of its own user"
            )
        }
        // A profile may name itself as the source: its own keys are meant.
        if let role = profile["role_arn"], chain.last != name {
            return try credentials(assuming: role, of: name, profile, region: region, chain: chain)
        }
        if let id = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"] {
            return AmazonCredentials(keyID: id, secret: secret, sessionToken: profile["aws_session_token"])
        }
        if let command = profile["credential_process"] { return try credentials(of: command, profile: name) }
        let isSSO = profile["sso_session"] != nil || profile["sso_account_id"] != nil
        throw LoginFailure(
            isSSO
                ? "the AWS profile \(name.printable) logs in by SSO, which Tern cannot"
                : "the AWS profile \(name.printable) in \(profiles.places.printable) has no credentials",
            remedy: isSSO
                ? "let AWS's tool do it: credential_process = aws configure export-credentials --profile \(name.printable) "
                    + "in another profile"
                : "it needs aws_access_key_id, role_arn or credential_process")
    }

    private func credentials(
        assuming role: String, of name: String, _ profile: Profiles.Profile, region: String, chain: [String]
    ) throws(LoginFailure) -> AmazonCredentials {
        guard !chain.contains(name) else {
            throw LoginFailure(
                "the AWS profile \(name.printable) leads back to itself by source_profile",
                remedy: "correct source_profile")
        }
        let wanted = AmazonLogin.Role(
            role, sessionName: profile["role_session_name"] ?? "tern", externalID: profile["external_id"])
        let service = TokenService(surroundings: surroundings, region: profile["region"] ?? region)
        if let file = profile["web_identity_token_file"] {
            return try service.assume(wanted, withWebIdentityIn: file)
        }
        let host = HostCredentials(surroundings: surroundings)
        let own: AmazonCredentials? =
            switch (profile["source_profile"], profile["credential_source"]) {
            case (let source?, _): try credentials(ofProfile: source, region: region, chain: chain + [name])
            case (nil, "Environment"): ofEnvironment
            case (nil, "EcsContainer"): try host.ofContainer()
            case (nil, "Ec2InstanceMetadata"): try host.ofInstance()
            default: nil
            }
        guard let own else {
            throw LoginFailure(
                "the AWS profile \(name.printable) has a role_arn and nothing that may assume it",
                remedy: "add source_profile, or a credential_source that there is here")
        }
        return try service.assume(wanted, as: own)
    }

    /// The AWS CLI's "Sourcing credentials with an external process".
    private func credentials(of command: String, profile: String) throws(LoginFailure) -> AmazonCredentials {
        guard let output = surroundings.run(command) else {
            throw LoginFailure(
                "credential_process of the AWS profile \(profile.printable) failed",
                remedy: "run it by hand as Tern's user")
        }
        guard let document = try? JSONValue(parsing: output.utf8), let credentials = AmazonCredentials(document) else {
            throw LoginFailure(
                "credential_process of the AWS profile \(profile.printable) prints no credentials",
                remedy: "it has to print JSON with Version, AccessKeyId and SecretAccessKey")
        }
        return credentials
    }
}
