// SPDX-License-Identifier: Apache-2.0
import TernConfiguration

/// `tern.path`: the ids of the clusters that a record has passed, first hop first, joined by `,`; for machines.
public enum PathHeader {
    public static let name = "tern.path"

    /// Nobody mirrors over so many clusters; what is longer was not written by a mirror.
    static let largestBelieved = 4096

    /// A cluster's id as written in a path. Ids are free of commas in practice; one that is not must still compare.
    public static func element(for clusterID: String) -> [UInt8] {
        clusterID.utf8.map { $0 == UInt8(ascii: ",") || $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "_") : $0 }
    }

    /// The ids in a value; `nil` when it is not of this form.
    public static func ids(in value: [UInt8]) -> [String]? {
        guard value.withRawSpan({ PathWalk.isWellFormed($0) }), let text = String(validating: value, as: UTF8.self)
        else {
            return nil
        }
        return text.split(separator: ",").map(String.init)
    }
}

/// Goes through the ids of a path where it lies.
enum PathWalk {
    /// Ids that are not empty, joined by commas, in clean text of a sane length.
    static func isWellFormed(_ value: RawSpan) -> Bool {
        guard value.byteCount > 0, value.byteCount <= PathHeader.largestBelieved, value.isCleanText else {
            return false
        }
        var isIDEmpty = true
        for index in 0..<value.byteCount {
            if value.byte(at: index) != UInt8(ascii: ",") {
                isIDEmpty = false
            } else if isIDEmpty {
                return false
            } else {
                isIDEmpty = true
            }
        }
        return !isIDEmpty
    }

    /// Calls `body` with the bounds of each id of a well-formed path, until it returns true.
    /// - Returns: whether it did.
    static func contains(in value: RawSpan, where body: (_ start: Int, _ end: Int) -> Bool) -> Bool {
        var start = 0
        for index in 0..<value.byteCount where value.byte(at: index) == UInt8(ascii: ",") {
            if body(start, index) { return true }
            start = index + 1
        }
        return body(start, value.byteCount)
    }

    static func count(in value: RawSpan) -> Int {
        var count = 1
        for index in 0..<value.byteCount where value.byte(at: index) == UInt8(ascii: ",") { count += 1 }
        return count
    }
}

/// Writes the `tern.path` of a flow's records: the received path, if one is believed, and the source's own id.
public struct PathEncoder: Sendable {
    private let sourceID: [UInt8]
    private var extended: [UInt8] = []

    public init(sourceClusterID: String) {
        sourceID = PathHeader.element(for: sourceClusterID)
        extended.reserveCapacity(256)
    }

    /// The value for records that were born on the source: always the same.
    public var born: [UInt8] { sourceID }

    public func withBorn<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try sourceID.withRawSpan(body)
    }

    /// Keeps a received path, lengthened by the source's id, until the record's headers are written.
    public mutating func extend(_ received: RawSpan) {
        extended.removeAll(keepingCapacity: true)
        extended.append(contentsOf: received)
        extended.append(UInt8(ascii: ","))
        extended.append(contentsOf: sourceID)
    }

    /// Bytes of what `extend` has kept.
    public var extendedCount: Int { extended.count }

    /// Lends what `extend` has kept.
    public func withExtended<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try extended.withRawSpan(body)
    }
}
