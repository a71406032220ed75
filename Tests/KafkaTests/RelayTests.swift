// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import Platform
import Testing

/// The link of tests, with somebody else's server at its end.
@Suite struct RelayTests {
    private let server: LocalHTTPServer
    private let relay: Relay

    init() throws {
        server = try LocalHTTPServer { .init("you said: \($0.body)") }
        relay = try Relay(to: server.port)
    }

    private func close() {
        relay.close()
        server.close()
    }

    private func ask(_ body: String) throws -> TCPConnection {
        let connection = try TCPConnection.open(host: "127.0.0.1", port: relay.port, by: .now + .seconds(20))
        try connection.send(
            Array("POST / HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8), by: .now + .seconds(20))
        return connection
    }

    private func answer(_ connection: borrowing TCPConnection) throws -> String {
        var bytes: [UInt8] = []
        while true {
            let more = try connection.receive(by: .now + .seconds(20))
            guard !more.isEmpty else { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
        }
    }

    @Test(arguments: [
        Relay.Link(), Relay.Link(roundTrip: .milliseconds(40)), Relay.Link(bytesPerSecond: 2_000_000),
        Relay.Link(roundTrip: .milliseconds(10), bytesPerSecond: 5_000_000),
    ])
    func `carries all there and back, and the end`(link: Relay.Link) throws {
        defer { close() }
        relay.set(link)
        let body = String((0..<60_000).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
        #expect(try answer(ask(body)).hasSuffix("you said: \(body)"))
        try eventually("no connections") { relay.connectionCount == 0 }
        #expect(relay.carriedBytes > 60_000)
    }

    @Test func `that is cut closes nothing, and carries what waited when it is mended`() throws {
        defer { close() }
        relay.cut()
        let connection = try ask("hello")
        #expect(throws: SystemFailure.self) { try connection.receive(by: .now + .milliseconds(200)) }
        #expect(server.requests.isEmpty)
        relay.mend()
        #expect(try answer(connection).hasSuffix("you said: hello"))
    }

    @Test func `resets a connection when told`() throws {
        defer { close() }
        relay.set(.init(roundTrip: .seconds(60)))
        let connection = try ask("hello")
        try eventually("a connection") { relay.connectionCount == 1 }
        relay.resetBusiest()
        #expect(throws: SystemFailure.self) { try connection.receive(by: .now + .seconds(20)) }
        try eventually("no connection") { relay.connectionCount == 0 }
    }

    @Test func `holds back a request of a kind once, and not the next one`() throws {
        defer { close() }
        // What a request of HTTP begins with, read as Kafka's protocol: "POST" is a size, and " /" an API key.
        relay.hold(0x202f, for: .seconds(60))
        let held = try ask("held")
        try eventually("a request that is held back") { relay.heldRequests == 1 }
        #expect(throws: SystemFailure.self) { try held.receive(by: .now + .milliseconds(100)) }
        #expect(server.requests.isEmpty)
        // The server sees to one connection at a time.
        relay.resetBusiest()
        #expect(try answer(ask("next")).hasSuffix("you said: next"))
    }

    @Test func `refuses who comes while nobody listens at its end`() throws {
        defer { relay.close() }
        server.close()
        #expect(throws: SystemFailure.self) { try answer(ask("hello")) }
    }
}
