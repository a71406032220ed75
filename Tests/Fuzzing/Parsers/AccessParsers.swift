// SPDX-License-Identifier: Apache-2.0
import Platform

@testable import WebAccess

extension FuzzedParser {
    static let access = [
        FuzzedParser("web-config", readWebConfiguration), FuzzedParser("authorization", readAuthorization),
    ]

    /// The file itself; those that it names hold a token, or are not there.
    private static func readWebConfiguration(_ bytes: [UInt8]) throws(BrokenPromise) {
        let file = WebConfigurationFile(path: "web.yaml") { path throws(SystemFailure) in
            if path == "web.yaml" { return bytes }
            guard path == "token" else { throw SystemFailure(code: 2, reason: "No such file or directory") }
            return Array("0123456789abcdef\n".utf8)
        }
        for problem in file.problems {
            try promise(isOneLine: problem.description, of: "a problem")
            try promise(!problem.message.contains("0123456789abcdef"), "a token is told")
        }
        let hasError = file.problems.contains { $0.severity == .error }
        try promise((file.configuration == nil) == hasError, "a file with an error holds, or one without does not")
        guard let configuration = file.configuration else { return }
        try promise(
            configuration.users.allSatisfy { PasswordHash.costs.contains($0.hash.cost) }, "a hash costs any time")
    }

    /// Nobody is known by a header that does not have the token or the password.
    private static func readAuthorization(_ bytes: [UInt8]) throws(BrokenPromise) {
        let keeper = Gatekeeper(
            WebConfiguration(tokens: [
                .init(name: "t", proof: .sha256(Digest.sha256(Array("0123456789abcdef".utf8))), role: .operator)
            ]))
        if case .known = keeper.look(at: [bytes.text]) {
            try promise(bytes.text.contains("0123456789abcdef"), "somebody is known without the token")
        }
    }
}
