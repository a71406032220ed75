// SPDX-License-Identifier: Apache-2.0

/// A file of the dashboard as it is served.
public struct PageFile: Sendable {
    public let contentType: String
    public let bytes: [UInt8]
    /// Another one when the content is.
    public let tag: String

    init(_ contentType: String, _ parts: [[UInt8]]) {
        self.contentType = contentType
        bytes = Array(parts.map(Self.lean).joined())
        // FNV-1a: it names the content, and guards nothing.
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        tag = "\"\(String(hash, radix: 16))\""
    }

    /// Without indentation and lines of comments, which are for whoever works on it. No line of a text begins with either.
    private static func lean(_ part: [UInt8]) -> [UInt8] {
        let lines = part.split(separator: UInt8(ascii: "\n")).map { $0.drop { $0 == UInt8(ascii: " ") } }
        return Array(lines.filter { !$0.starts(with: "//".utf8) }.joined(separator: [UInt8(ascii: "\n")])) + [
            UInt8(ascii: "\n")
        ]
    }
}

/// The dashboard: one page, with its style and its script in files of their own, as the content security policy wants it.
public enum DashboardPage {
    public static let document = PageFile("text/html; charset=utf-8", [PackageResources.index_html])
    public static let style = PageFile("text/css; charset=utf-8", [withoutBlanks(PackageResources.app_css)])
    /// A module, for pages of daemons that have peers.
    public static let fleet = PageFile("text/javascript; charset=utf-8", [PackageResources.fleet_js])
    /// One script from all parts, in one strict scope of its own.
    public static let script = PageFile(
        "text/javascript; charset=utf-8",
        [
            Array("\"use strict\";(() => {\n".utf8), PackageResources.format_js, PackageResources.document_js,
            PackageResources.chart_js, PackageResources.map_js, PackageResources.attention_js,
            PackageResources.topics_js, PackageResources.traffic_js, PackageResources.live_js, Array("})();\n".utf8),
        ])

    /// A style without the blanks that only people need. None of its texts has one of these in it.
    private static func withoutBlanks(_ style: [UInt8]) -> [UInt8] {
        [(" { ", "{"), ("; }", "}"), ("; ", ";"), (": ", ":")].reduce(style) { style, pair in
            style.replacing(Array(pair.0.utf8), with: Array(pair.1.utf8))
        }
    }
}
