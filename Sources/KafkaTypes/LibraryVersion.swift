// SPDX-License-Identifier: Apache-2.0

/// A version of librdkafka, and what is known of it that matters to Tern.
///
/// Source: librdkafka's CHANGELOG.md. What is not in it here: the wrong position after the end of a partition in batch calls (2.2 to
/// 2.13, issue 4844), since Tern takes positions from records and stores none in librdkafka.
public struct LibraryVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let major: Int
    public let minor: Int
    public let revision: Int

    public init(_ major: Int, _ minor: Int, _ revision: Int) {
        self.major = major
        self.minor = minor
        self.revision = revision
    }

    /// Of `2.0.2`, `2.16.0-RC1-dirty`; `nil` when the text is no version.
    public init?(parsing text: String) {
        let numbers = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)[0]
            .split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let revision = numbers[2],
            numbers.allSatisfy({ (0...255).contains($0 ?? -1) })
        else { return nil }
        self.init(major, minor, revision)
    }

    public var description: String { "\(major).\(minor).\(revision)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.revision) < (right.major, right.minor, right.revision)
    }

    /// The oldest that Tern runs on: Debian 12's.
    public static let oldest = LibraryVersion(2, 0, 2)
    /// Something that the version does or lacks.
    public struct Finding: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            /// A fault of the version: it should not be used.
            case fault
            /// Something that it does not have, and Tern does without.
            case limitation
        }

        /// Stable, for programs: `scram-kafka-4`.
        public let code: String
        public let kind: Kind
        /// What happens, as the rest of a sentence that begins with the library.
        public let what: String
        /// The first version without it.
        public let fixedIn: LibraryVersion

        /// `librdkafka 2.10.0 may …: use 2.10.1 or newer`.
        public func sentence(of version: LibraryVersion) -> String {
            "librdkafka \(version) \(what): use \(fixedIn) or newer"
        }
    }

    /// Faults first.
    public var findings: [Finding] { Self.known.filter { $0.versions.contains(self) }.map(\.finding) }

    public var faults: [Finding] { findings.filter { $0.kind == .fault } }
    public var limitations: [Finding] { findings.filter { $0.kind == .limitation } }

    private struct Known {
        let versions: Range<LibraryVersion>
        let finding: Finding
    }

    private static let known: [Known] = [
        fault(
            "rebootstrap", from: LibraryVersion(2, 10, 0), to: LibraryVersion(2, 10, 1),
            "may not come back to its brokers after all were down, and may use memory that was freed"),
        fault(
            "recreated-topics", from: LibraryVersion(2, 4, 0), to: LibraryVersion(2, 10, 0),
            "may use memory that was freed after a topic was deleted and created again"),
        fault(
            "old-brokers", from: LibraryVersion(2, 6, 0), to: LibraryVersion(2, 6, 1),
            "cannot read from Kafka older than 2.7"),
        fault(
            "retried-batches", from: LibraryVersion(2, 2, 0), to: LibraryVersion(2, 5, 0),
            "cannot send some large batches again after a lost connection, which starts lanes again"),
        limitation("scram", until: LibraryVersion(2, 6, 1), "cannot log in to Kafka 4 by SCRAM"),
        limitation(
            "socket-buffers", until: LibraryVersion(2, 8, 0),
            "sets socket.send.buffer.bytes and socket.receive.buffer.bytes after connecting, which may be too late for a far cluster"
        ),
        limitation(
            "bootstrap", until: LibraryVersion(2, 10, 0),
            "does not go back to bootstrap.servers when all brokers that it knows are gone"),
        limitation(
            "settings", until: LibraryVersion(2, 2, 0),
            "cannot change single settings of a topic: all that differ from the default are written together"),
    ]

    /// 2.10.0 is never what to go to.
    private static func remedy(_ version: LibraryVersion) -> LibraryVersion {
        version == LibraryVersion(2, 10, 0) ? LibraryVersion(2, 10, 1) : version
    }

    private static func fault(
        _ code: String, from since: LibraryVersion, to fixed: LibraryVersion, _ what: String
    ) -> Known {
        Known(versions: since..<fixed, finding: Finding(code: code, kind: .fault, what: what, fixedIn: remedy(fixed)))
    }

    private static func limitation(_ code: String, until version: LibraryVersion, _ what: String) -> Known {
        Known(
            versions: LibraryVersion(0, 0, 0)..<version,
            finding: Finding(code: code, kind: .limitation, what: what, fixedIn: remedy(version)))
    }
}
