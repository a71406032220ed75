// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import KafkaTypes
import Mirroring
import Platform
import Synchronization
import Telemetry
import TernAPI
import TernConfiguration
import Testing
import Text

@testable import MirrorWeb

/// The admin socket as a program on the same machine uses it.
@Suite struct AdminServerTests {
    private final class Bench: Sendable {
        let sink = MemorySink()
        let folder: TemporaryFolder
        let server: HTTPServer
        var path: String { folder.path("admin.sock") }

        init(reload: Result<String, OrderProblem> = .success("restarted eu->us")) throws {
            let folder = try TemporaryFolder()
            self.folder = folder
            let (kept, sink) = (Kept(), sink)
            self.kept = kept
            let admin = AdminActs(
                reload: { _ in reload },
                order: { flow, command, order in
                    guard flow == "eu->us" else { throw OrderProblem(.unknown, "there is no flow \(flow)") }
                    kept.orders.withLock { $0.append((flow, command, order)) }
                }, log: Log(level: .info, format: .logfmt, sink: sink), now: { 7 })
            server = try AdminServer(admin, log: Log(level: .info, format: .logfmt, sink: sink)).serve(
                at: folder.path("admin.sock"))
        }

        final class Kept: Sendable {
            let orders = Mutex<[(flow: String, command: FlowCommand, order: ControlOrder)]>([])
            var all: [(flow: String, command: FlowCommand, order: ControlOrder)] { orders.withLock { $0 } }
        }
        let kept: Kept

        func post(
            _ endpoint: Endpoint, _ body: String, method: String = "POST", type: String = "application/json"
        ) throws -> (status: Int, body: JSONValue) {
            let connection = try TCPConnection.open(socket: path, by: .now + .seconds(5))
            let head = [
                "\(method) \(endpoint.path) HTTP/1.1", "Host: localhost", "Content-Type: \(type)",
                "Content-Length: \(body.utf8.count)", "Connection: close", "", "",
            ].joined(separator: "\r\n")
            try connection.send(Array((head + body).utf8), by: .now + .seconds(5))
            var bytes: [UInt8] = []
            while true {
                let chunk = try connection.receive(by: .now + .seconds(5))
                if chunk.isEmpty { break }
                bytes += chunk
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let status = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
            let end = try #require(text.range(of: "\r\n\r\n")).upperBound
            return (status, try JSONValue(parsing: text[end...].utf8))
        }
    }

    @Test func `an act is done, answered, and one line of the log says who, what and the outcome`() throws {
        let bench = try Bench()
        let answer = try bench.post(
            .pause, #"{"flow":"eu->us","topic":"orders","partition":3,"reason":"bad deploy"}"#)
        #expect(answer.status == 200)
        #expect(answer.body["action"]?.string == "pause")
        let order = try #require(bench.kept.all.first)
        #expect(order.command == .pause(.partition(TopicPartition("orders", 3))))
        #expect(order.order.at == 7 && order.order.reason == "bad deploy")
        #expect(order.order.by.contains("uid \(getuid())"))
        let lines = bench.sink.lines.filter { $0.contains("event=admin.act") }
        #expect(lines.count == 1)
        for word in ["action=pause", "eu->us", "orders/3", "uid \(getuid())", "bad deploy", "ordered"] {
            #expect(lines.first?.contains(word) == true, "\(word)")
        }
        bench.server.stop()
    }

    @Test func `progress is set by an offset, and forgotten by a null`() throws {
        let bench = try Bench()
        for (offset, wanted) in [("41", Int64?.some(41)), ("-1", -1), ("null", nil)] {
            let body = #"{"flow":"eu->us","topic":"orders","partition":0,"offset":\#(offset)}"#
            #expect(try bench.post(.setProgress, body).status == 200)
            let last = bench.kept.all.last?.command
            #expect(last == .setProgress(TopicPartition("orders", 0), offset: wanted))
        }
        bench.server.stop()
    }

    @Test func `a reload whose file is wrong is a conflict that names the error`() throws {
        let bench = try Bench(reload: .failure(OrderProblem(.outOfRange, "m.properties:3: no such key")))
        let answer = try bench.post(.reload, "")
        #expect(answer.status == 409)
        #expect(answer.body["detail"]?.string == "m.properties:3: no such key")
        #expect(bench.sink.lines.contains { $0.contains("admin.act") && $0.contains("outcome=refused") })
        bench.server.stop()
    }

    @Test func `what is no act is refused, and does nothing`() throws {
        let bench = try Bench()
        for body in [
            "", "{", #"{"topic":"orders"}"#, #"{"flow":"eu->us","partition":3}"#,
            #"{"flow":"eu->us","topic":"o","partition":-1}"#,
        ] {
            #expect(try bench.post(.pause, body).status == 400, "\(body)")
        }
        #expect(try bench.post(.pause, #"{"flow":"x->y"}"#).status == 404)
        #expect(try bench.post(.pause, #"{"flow":"eu->us"}"#, type: "text/plain").status == 415)
        #expect(try bench.post(.pause, "", method: "GET").status == 405)
        #expect(try bench.post(.status, "", method: "GET").status == 404)
        #expect(bench.kept.all.isEmpty)
        bench.server.stop()
    }

    @Test func `probes are answered there too, with their reasons, and nothing else that reads`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let status = Mutex(Fixture.rich)
        let acts = AdminActs(reload: { _ in .success("") }, order: nil, log: .silent)
        let probes = HealthProbes(status: { status.withLock { $0 } }, readiness: .any)
        let server = try AdminServer(acts, probes: probes, log: .silent).serve(at: folder.path("admin.sock"))
        defer { server.stop() }
        func get(_ path: String) throws -> String {
            let connection = try TCPConnection.open(socket: folder.path("admin.sock"), by: .now + .seconds(5))
            let head = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            try connection.send(Array(head.utf8), by: .now + .seconds(5))
            var bytes: [UInt8] = []
            while case let chunk = try connection.receive(by: .now + .seconds(5)), !chunk.isEmpty { bytes += chunk }
            return String(decoding: bytes, as: UTF8.self)
        }
        for path in ["/livez", "/readyz", "/startupz"] {
            let answer = try get(path)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\nok\n"), "\(path): \(answer)")
        }
        status.withLock { $0.isDraining = true }
        let draining = try get("/readyz")
        #expect(draining.hasPrefix("HTTP/1.1 503 ") && draining.contains("[-]draining failed: a stop was requested"))
        #expect(try get("/livez").hasPrefix("HTTP/1.1 200 "))
        #expect(try get("/api/v1/status").hasPrefix("HTTP/1.1 404 "))
    }

    @Test func `the socket is its user's alone, replaces one that a killed process left, and goes with its server`()
        throws
    {
        let bench = try Bench()
        let attributes = try FileManager.default.attributesOfItem(atPath: bench.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let log = Log(level: .info, format: .logfmt, sink: bench.sink)
        let admin = AdminServer(AdminActs(reload: { _ in .success("") }, order: nil, log: log), log: log)
        let error = #expect(throws: HTTPServerError.self) { _ = try admin.serve(at: bench.path) }
        #expect(error?.description.contains("another process uses it") == true)
        bench.server.stop()
        #expect(!FileManager.default.fileExists(atPath: bench.path))
        // Left behind by a process that was killed: bound, and nobody listens.
        let left = try UnixListenSocket(bench.path)
        close(left.descriptor)
        #expect(FileManager.default.fileExists(atPath: bench.path))
        let next = try admin.serve(at: bench.path)
        next.stop()
        try bench.folder.write("admin.sock", "a file")
        #expect(throws: HTTPServerError.self) { _ = try admin.serve(at: bench.path) }
        #expect(FileManager.default.fileExists(atPath: bench.path))
    }
}
