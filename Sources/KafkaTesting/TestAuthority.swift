// SPDX-License-Identifier: Apache-2.0

/// An authority of certificates for tests, by the program `openssl`: `ca.pem`, and for each name a `NAME.pem` and `NAME.key`.
public struct TestAuthority: Sendable {
    private let folder: TemporaryFolder
    private let name: String

    public init(in folder: TemporaryFolder, name: String = "ca") async throws {
        self.folder = folder
        self.name = name
        try await run(
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority \(name)"]
                + ["-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem")])
    }

    public var path: String { folder.path("\(name).pem") }

    /// - Parameters:
    ///   - hosts: alternative names, as openssl writes them.
    ///   - purpose: `serverAuth` or `clientAuth`.
    public func issue(
        _ file: String, hosts: String = "IP:127.0.0.1,DNS:localhost", purpose: String = "serverAuth"
    ) async throws {
        try folder.write("\(file).ext", "subjectAltName=\(hosts)\nextendedKeyUsage=\(purpose)\n")
        try await run(
            ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(file)", "-keyout", folder.path("\(file).key")]
                + ["-out", folder.path("\(file).csr")])
        try await run(
            ["x509", "-req", "-in", folder.path("\(file).csr"), "-CA", folder.path("\(name).pem")]
                + ["-CAkey", folder.path("\(name).key"), "-CAcreateserial", "-days", "2"]
                + ["-extfile", folder.path("\(file).ext"), "-out", folder.path("\(file).pem")])
    }

    private func run(_ arguments: [String]) async throws {
        let result = try await Command.run(["openssl"] + arguments)
        guard result.status == 0 else { throw CommandFailure("openssl: \(result.errors)") }
    }
}
