// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import Telemetry
import Testing

@Suite struct `The table of events` {
    @Test func `is what docs_events_md says`() throws {
        if Repository.rewritesDocuments { try Repository.write(EventReference.markdown, to: "docs/events.md") }
        let written = try Repository.text("docs/events.md")
        #expect(
            written == EventReference.markdown, "print it anew: TERN_WRITE_DOCS=1 swift test --filter MirrorWebTests")
    }

    @Test func `has each name once`() {
        let names = EventName.reference.flatMap(\.entries).map(\.name)
        #expect(names.count == EventName.allCases.count)
        #expect(Set(names) == Set(EventName.allCases))
    }

    @Test func `has no name that nothing logs`() throws {
        var text = ""
        let folder = repositoryFile("Sources")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files
        where file.pathExtension == "swift" && !file.lastPathComponent.hasPrefix("EventName") {
            text += try String(contentsOf: file, encoding: .utf8)
        }
        for name in EventName.allCases {
            let isLogged = text.contains(".\(name.caseName)")
            #expect(isLogged, "\(name) is logged nowhere")
        }
    }
}

extension EventName {
    fileprivate var caseName: String {
        let words = rawValue.split { $0 == "." || $0 == "_" }
        return words[0] + words.dropFirst().map { $0.capitalized }.joined()
    }
}
