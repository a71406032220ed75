// SPDX-License-Identifier: Apache-2.0
@testable import Certificates
@testable import MirrorWeb
import TernAPI
import Text

extension FuzzedParser {
    static let web = [
        FuzzedParser("http-request", readRequest),
        FuzzedParser("json", readJSON),
        FuzzedParser("reports", readReport),
        FuzzedParser("certificates", readCertificate),
    ]

    /// `METHOD target version`, and a header on each line behind it, cut up as libmicrohttpd does.
    private static func readRequest(_ bytes: [UInt8]) throws(BrokenPromise) {
        var lines = bytes.text.split(separator: "\n", omittingEmptySubsequences: false)
        let words = lines.removeFirst().split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3 else { return }
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let pair = { (text: Substring, separator: Character) in
            let halves = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(halves[0]), value: halves.count == 2 ? String(halves[1]) : "")
        }
        let head = RequestScreen.Head(
            method: words[0], path: target.first.map(String.init) ?? "",
            query: target.dropFirst().flatMap { $0.split(separator: "&").map { pair($0, "=") } }, version: words[2],
            headers: lines.map { pair($0, ":") })
        if let refusal = RequestScreen(limits: HTTPLimits(), listensOnLoopback: true).refusal(of: head) {
            try promise(
                (400...505).contains(refusal.status) && refusal.closesConnection, "a refusal keeps the connection")
            return
        }
        let hosts = head.headers.filter { $0.name.lowercased() == "host" }
        try promise(hosts.count <= 1, "two hosts are served")
        guard let request = Request(head, isFromLoopback: true) else { return }
        try promise(!request.path.utf8.contains(0), "a path has a NUL")
        for endpoint in Endpoint.allCases {
            do throws(QueryReader.Problem) {
                let query = try QueryReader(request.query, of: endpoint, flows: ["A->B"])
                _ = query["flow"]
            } catch {
                let response = error.response(to: request)
                let document = try? JSONValue(parsing: response.body)
                try promise(document?["detail"]?.string == error.detail, "a problem is not told as it is")
            }
        }
    }

    private static func readJSON(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let document = try? JSONValue(parsing: bytes) else { return }
        for text in [document.text, document.compactText] {
            let again = try? JSONValue(parsing: Array(text.utf8))
            try promise(
                again.map { isSame($0, document) } == true, "written and read again it says something else: \(text)")
        }
    }

    /// Whether two documents say the same. A large number may be read as a whole one or as another, by how it is written.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let number = left.number, let other = right.number { return number == other }
        if let items = left.array, let others = right.array {
            return items.count == others.count && zip(items, others).allSatisfy(isSame)
        }
        if let members = left.object, let others = right.object {
            return members.count == others.count
                && zip(members, others).allSatisfy { $0.name == $1.name && isSame($0.value, $1.value) }
        }
        return left == right
    }

    /// What `tern status` and the others read from a daemon.
    private static func readReport(_ bytes: [UInt8]) throws(BrokenPromise) {
        try readDocument(StatusReport.self, bytes)
        try readDocument(LagReport.self, bytes)
        try readDocument(GroupReport.self, bytes)
        try readDocument(TrafficReport.self, bytes)
        try readDocument(TopicReport.self, bytes)
        try readDocument(FleetReport.self, bytes)
        // A peer's answer is joined with this daemon's own.
        if let report = try? StatusReport(json: bytes) {
            let member = FleetMember(url: nil, report: report, answeredAt: report.generatedAt, answerAge: 0)
            var peer = member
            peer.url = "http://peer:9470"
            peer.report?.instance = "other"
            _ = FleetReport(joining: [member, peer], at: report.generatedAt).bytes
        }
    }

    private static func readCertificate(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let certificate = ServerCertificate(der: bytes) else { return }
        _ = certificate.covers("broker.example.org")
    }
}
