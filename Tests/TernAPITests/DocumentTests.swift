// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import Testing
import Text

@testable import TernAPI

@Suite struct `A document of the API` {
    /// Reads what it writes, and has nothing against its own schema, nor the file in docs/schemas.
    private func check<Content: Document>(_ document: Content, _ sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        let bytes = document.bytes
        let read = try JSONDecoder().decode(Content.self, from: Data(bytes))
        #expect(read == document, sourceLocation: sourceLocation)
        #expect(read.bytes == bytes, sourceLocation: sourceLocation)
        let value = try JSONValue(parsing: bytes)
        #expect(SchemaFile(Content.schema).problems(in: value) == [], sourceLocation: sourceLocation)
        let file = try SchemaFile(kind: Content.name, folder: "api/")
        #expect(file.problems(in: value) == [], sourceLocation: sourceLocation)
        // The table, the coding keys, and what is written are the same members.
        let names = Content.members.map(\.name)
        #expect(names == Content.Key.allCases.map(\.rawValue), sourceLocation: sourceLocation)
        #expect(document.tree.object?.map(\.name) == names, "the sample has them all", sourceLocation: sourceLocation)
    }

    @Test func `is read as it was written, and is what its schema says`() throws {
        try check(Sample.lag)
        try check(Sample.status)
        try check(Sample.region)
        try check(Sample.groups)
        try check(Sample.topics)
        try check(Sample.fleet)
        try check(Sample.history)
        try check(Sample.traffic)
        try check(Sample.event)
        try check(Tick(generatedAt: Sample.moment, snapshotAgeSeconds: 0.4))
        try check(Sample.translation("ahead", 17, behind: 2))
        try check(Sample.barrier)
        try check(Sample.translation("unknown", nil, behind: nil))
        try check(RegionDrain(isForcedUnhealthy: true, reason: "move"))
        try check(RegionDrain(isForcedUnhealthy: false, reason: nil))
        try check(RegionDrainRequest(reason: "move"))
        try check(Sample.problem)
    }

    /// The parts of a document are in no file of their own.
    private func checkPart<Part: Document>(_ part: Part, _ sourceLocation: SourceLocation = #_sourceLocation) {
        let names = Part.members.map(\.name)
        #expect(names == Part.Key.allCases.map(\.rawValue), sourceLocation: sourceLocation)
        #expect(part.tree.object?.map(\.name) == names, sourceLocation: sourceLocation)
    }

    @Test func `has parts whose tables name every member`() throws {
        let flow = try #require(Sample.lag.flows.first)
        let topic = try #require(flow.topics?.first)
        checkPart(flow)
        checkPart(topic)
        checkPart(try #require(topic.partitions?.first))
        checkPart(Sample.stop)
        checkPart(try #require(Sample.fleet.daemons.last))
        checkPart(try #require(Sample.fleet.clusters.first))
        checkPart(try #require(Sample.fleet.clusters.first?.views.first))
        checkPart(try #require(Sample.fleet.flows.first))
        checkPart(try #require(Sample.fleet.flows.first?.carriers.first))
        checkPart(Sample.status.program)
        checkPart(Sample.status.region)
        checkPart(try #require(Sample.status.clusters.first))
        let status = try #require(Sample.status.flows.first)
        checkPart(status)
        checkPart(try #require(status.stopped.first))
        checkPart(try #require(status.notMirrored.first))
        checkPart(try #require(status.pauses?.first))
        checkPart(Sample.controller)
        checkPart(Sample.hook)
        checkPart(try #require(Sample.status.lastReload))
        checkPart(try #require(Sample.region.checks.first))
        checkPart(try #require(Sample.status.jobs?.first))
        checkPart(try #require(Sample.topics.topics.first))
        checkPart(try #require(Sample.history.series.first))
        let traffic = try #require(Sample.traffic.flows.first)
        checkPart(traffic)
        checkPart(traffic.read)
        checkPart(try #require(traffic.discarded.first))
        checkPart(try #require(traffic.topics.first))
        let groups = try #require(Sample.groups.flows.first)
        checkPart(groups)
        checkPart(try #require(groups.groups.first))
    }

    @Test func `of a failover is read as it was written, with all its parts`() throws {
        let check = Sample.failoverCheck
        #expect(try FailoverCheckReport(json: check.bytes) == check)
        checkPart(check)
        checkPart(try #require(check.topics.first))
        checkPart(try #require(check.groups.first))
        checkPart(try #require(check.differences.first))
        let report = Sample.failover
        #expect(try FailoverReport(json: report.bytes) == report)
        checkPart(report)
        checkPart(try #require(report.steps.first))
        checkPart(try #require(report.topics.first))
        checkPart(try #require(report.groups.first))
        checkPart(try #require(report.lateWrites?.first))
        #expect(try FailoverControllerReport(json: Sample.controllerReport.bytes) == Sample.controllerReport)
        checkPart(Sample.controllerReport)
        #expect(try FailoverDrillReport(json: Sample.drill.bytes) == Sample.drill)
        checkPart(Sample.drill)
        checkPart(try #require(Sample.drill.groups.first))
    }

    @Test func `is the same as a tree and as bytes`() {
        #expect(Sample.problem.tree.compactText + "\n" == String(decoding: Sample.problem.bytes, as: UTF8.self))
        let head = #"{"kind":"LagReport","version":1,"#
        #expect(
            head + Sample.lag.tree.compactText.dropFirst() + "\n" == String(decoding: Sample.lag.bytes, as: UTF8.self))
    }

    @Test func `says null where something is unknown, and leaves out what is not asked for`() throws {
        let flow = LagReport.Flow(source: "eu", target: "us", state: "running")
        #expect(flow.tree["lag_records"] == .null)
        #expect(flow.tree["topics"] == nil)
        #expect(flow.tree["topics_omitted"] == nil)
    }

    @Test func `is read with members of a later release in it, and with words that this one does not know`() throws {
        let text = String(decoding: Sample.lag.bytes, as: UTF8.self)
            .replacing(#""kind""#, with: #""later":{"a":[1]},"kind""#).replacing(
                #""partition":3"#, with: #""partition":3,"x":1"#
            )
            .replacing("REFUSED", with: "PONDERING")
        let read = try LagReport(json: Array(text.utf8))
        #expect(read.flows.first?.topics?.first?.partitions?.first?.status == "PONDERING")
    }

    @Test(arguments: [
        ("", DocumentProblem.notJSON), ("hello", .notJSON), ("[]", .otherKind), ("{}", .otherKind),
        (#"{"kind":"StatusReport","version":1}"#, .otherKind), (#"{"kind":"LagReport","version":2}"#, .otherVersion),
        (#"{"kind":"LagReport"}"#, .otherVersion), (#"{"kind":"LagReport","version":1}"#, .malformed("generated_at")),
        (
            #"{"kind":"LagReport","version":1,"generated_at":"yesterday","snapshot_age_seconds":1,"flows":[]}"#,
            .malformed("generated_at")
        ),
        (
            #"{"kind":"LagReport","version":1,"generated_at":"2026-11-20T18:24:47.806Z","snapshot_age_seconds":1,"#
                + #""flows":[{"source":"a","target":"b","state":"running","lag_records":"7"}]}"#,
            .malformed("flows/0/lag_records")
        ),
    ])
    func `that is none is refused with what is wrong`(text: String, problem: DocumentProblem) {
        #expect(throws: problem) { try LagReport(json: Array(text.utf8)) }
    }

    @Test func `nested without end does not exhaust the stack`() {
        let deep = Array(repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: DocumentProblem.self) { try LagReport(json: deep) }
    }

    @Test func `is another one when anything changes but its age`() {
        var other = Sample.lag
        other.snapshotAgeSeconds = 60
        #expect(other.encoded.content == Sample.lag.encoded.content)
        #expect(other.encoded.bytes != Sample.lag.encoded.bytes)
        other.flows[1].lagRecords = 1
        #expect(other.encoded.content != Sample.lag.encoded.content)
        #expect(Sample.lag.encoded.bytes == Sample.lag.bytes)
    }

    @Test func `makes many rows while it is written, not before`() throws {
        var flow = LagReport.Flow(source: "eu", target: "us", state: "running")
        flow.topics = Rows(count: 100_000) { LagReport.Topic(topic: "t\($0)", targetTopic: "eu.t\($0)") }
        let report = LagReport(generatedAt: Sample.moment, snapshotAgeSeconds: 0, flows: [flow])
        #expect(try LagReport(json: report.bytes).flows.first?.topics?.last?.targetTopic == "eu.t99999")
    }
}

@Suite struct `The table of endpoints` {
    @Test func `writes targets that any server reads`() {
        #expect(Endpoint.status.target([:]) == "/api/v1/status")
        #expect(
            Endpoint.lag.target(["flow": "eu->us", "level": "topic"]) == "/api/v1/lag?flow=eu-%3Eus&level=topic")
        #expect(Endpoint.lag.target(["flow": "é&\n"]) == "/api/v1/lag?flow=%C3%A9%26%0A")
    }

    @Test func `prints the reference and the schemas that are in docs`() throws {
        let files = [(path: "docs/api.md", text: APIReference.markdown)] + SchemaDocument.apiFiles
        for (path, text) in files {
            let file = repositoryFile(path)
            if ProcessInfo.processInfo.environment["TERN_WRITE_DOCS"] == "1" {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            let written = try? String(contentsOf: file, encoding: .utf8)
            #expect(written == text, "\(path): TERN_WRITE_DOCS=1 swift test --filter TernAPITests")
        }
    }
}
