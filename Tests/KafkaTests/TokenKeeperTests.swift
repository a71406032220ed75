// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Synchronization
import Testing

/// Who asks for tokens, when, and what clients are told where there are none. There is no broker: what a client says of a token
/// it says by itself.
struct TokenKeeperTests {
    private func properties(
        _ server: LocalHTTPServer, extension name: String = "logicalCluster"
    ) -> ClientProperties {
        var properties = ClientProperties([
            "bootstrap.servers": "127.0.0.1:1", "security.protocol": "sasl_plaintext", "sasl.mechanisms": "OAUTHBEARER",
            "log_level": "0",
        ])
        let client = OpenIDLogin.ClientCredentials(id: "tern", secret: Secret("s3cret"))
        properties.login = .openID(
            OpenIDLogin(.clientCredentials(endpoint: server.address, client), extensions: [name: "lkc1"]))
        return properties
    }

    private func producer(_ server: LocalHTTPServer, extension name: String = "logicalCluster") throws -> Producer {
        try Producer(properties(server, extension: name), clientID: "test")
    }

    /// What the client says of its login.
    private func complaint(of producer: Producer) async throws -> String {
        var found: String?
        try await eventually(within: .seconds(10), "a failed login") {
            producer.pollDeliveries(within: .milliseconds(10)) { _ in }
            found = found ?? producer.takeFailures().first { $0.code == ._authentication }?.reason
            return found != nil
        }
        return found ?? ""
    }

    @Test func `clients of one login share a token, which is renewed before it ends`() async throws {
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"opaque\",\"expires_in\":2}") }
        defer { server.close() }
        let producers = try (0..<5).map { _ in try producer(server) }
        try await eventually(within: .seconds(10), "a token") { server.requests.count == 1 }
        let late = try producer(server)
        try await eventually(within: .seconds(10), "another token") { server.requests.count >= 3 }
        for producer in producers + [late] {
            producer.pollDeliveries(within: .zero) { _ in }
            #expect(!producer.takeFailures().contains { $0.code == ._authentication })
            producer.close(purging: true)
        }
    }

    @Test func `every client is told why there is no token, and gets one as soon as there is`() async throws {
        let isOpen = Atomic(false)
        let server = try LocalHTTPServer { _ in
            isOpen.load(ordering: .relaxed)
                ? .init("{\"access_token\":\"opaque\",\"expires_in\":3600}")
                : .init(401, "{\"error\":\"invalid_client\"}")
        }
        defer { server.close() }
        let sentence =
            "Failed to acquire SASL OAUTHBEARER token: \(server.address) answers 401: invalid_client; check clientId and "
            + "clientSecret in sasl.jaas.config"
        let first = try producer(server)
        #expect(try await complaint(of: first) == sentence)
        // One that comes later need not wait for the next attempt.
        let second = try producer(server)
        #expect(try await complaint(of: second) == sentence)
        isOpen.store(true, ordering: .relaxed)
        let refusals = server.requests.count
        try await eventually(within: .seconds(30), "another attempt") { server.requests.count > refusals }
        first.close(purging: true)
        second.close(purging: true)
    }

    @Test func `a token that librdkafka does not take is a failure, too`() async throws {
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"opaque\",\"expires_in\":3600}") }
        defer { server.close() }
        let producer = try producer(server, extension: "auth")
        #expect(try await complaint(of: producer).contains("librdkafka does not take the token: "))
        producer.close(purging: true)
    }

    @Test func `a login that cannot be renewed is known while its token still holds`() async throws {
        let isOpen = Atomic(true)
        let server = try LocalHTTPServer { _ in
            isOpen.load(ordering: .relaxed) ? .init("{\"access_token\":\"opaque\",\"expires_in\":4}") : .init(503)
        }
        defer { server.close() }
        let admin = try AdminClient(properties(server), clientID: "test")
        try await eventually(within: .seconds(10), "a token") { server.requests.count == 1 }
        isOpen.store(false, ordering: .relaxed)
        try await eventually(within: .seconds(10), "a failure") { admin.loginFailure != nil }
        #expect(admin.loginFailure?.cause == "\(server.address) answers 503")
        #expect(!admin.takeClientErrors().contains { $0.code == ._authentication })
        isOpen.store(true, ordering: .relaxed)
        try await eventually(within: .seconds(10), "a renewed login") { admin.loginFailure == nil }
        admin.close()
    }
}
