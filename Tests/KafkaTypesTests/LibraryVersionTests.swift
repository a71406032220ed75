// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@Suite struct `The version of librdkafka` {
    private func codes(_ text: String, _ kind: LibraryVersion.Finding.Kind) -> [String] {
        LibraryVersion(parsing: text)?.findings.filter { $0.kind == kind }.map(\.code) ?? ["no version"]
    }

    @Test(arguments: [("2.0.2", 2, 0, 2), ("2.16.0-RC1-dirty", 2, 16, 0), ("2.10.1", 2, 10, 1)])
    func `is read with whatever a build adds to it`(text: String, major: Int, minor: Int, revision: Int) {
        #expect(LibraryVersion(parsing: text) == LibraryVersion(major, minor, revision))
    }

    @Test(arguments: ["", "2", "2.0", "2.0.2.1", "2.0.x", "-1.0.0", "2..0", "v2.0.2", "2.0.256", "-", "..", "2.0.2a"])
    func `is unknown where it is no version`(text: String) {
        #expect(LibraryVersion(parsing: text) == nil)
    }

    @Test func `is ordered by its numbers`() {
        #expect(
            LibraryVersion(2, 2, 0) < LibraryVersion(2, 10, 0) && LibraryVersion(2, 10, 0) < LibraryVersion(2, 10, 1))
    }

    @Test(arguments: [
        ("2.0.2", []), ("2.1.1", []), ("2.2.0", ["retried-batches"]),
        ("2.4.0", ["recreated-topics", "retried-batches"]),
        ("2.5.0", ["recreated-topics"]), ("2.6.0", ["recreated-topics", "old-brokers"]),
        ("2.6.1", ["recreated-topics"]),
        ("2.8.0", ["recreated-topics"]), ("2.10.0", ["rebootstrap"]), ("2.10.1", []), ("2.14.2", []), ("2.16.0", []),
    ])
    func `has its known faults, each from the version that brought it to the one without`(
        text: String, faults: [String]
    ) {
        #expect(codes(text, .fault) == faults)
    }

    @Test(arguments: [
        ("2.0.2", ["scram", "socket-buffers", "bootstrap", "settings"]),
        ("2.2.0", ["scram", "socket-buffers", "bootstrap"]),
        ("2.6.1", ["socket-buffers", "bootstrap"]), ("2.8.0", ["bootstrap"]), ("2.10.1", []), ("2.16.0", []),
    ])
    func `has its limits, up to the version without`(text: String, limitations: [String]) {
        #expect(codes(text, .limitation) == limitations)
    }

    @Test func `says what happens and which one to use, which is never a version with a fault of its own`() throws {
        let version = try #require(LibraryVersion(parsing: "2.8.0"))
        #expect(
            version.findings.map { $0.sentence(of: version) } == [
                "librdkafka 2.8.0 may use memory that was freed after a topic was deleted and created again: use 2.10.1 or newer",
                "librdkafka 2.8.0 does not go back to bootstrap.servers when all brokers that it knows are gone: use 2.10.1 or "
                    + "newer",
            ])
        for minor in 0...16 {
            for finding in LibraryVersion(2, minor, 0).findings { #expect(finding.fixedIn != LibraryVersion(2, 10, 0)) }
        }
    }
}
