// SPDX-License-Identifier: Apache-2.0

/// The last record that was mirrored, as a proof: a log that holds it at this offset is the log that was mirrored
/// (detector D3). It travels as a header of the progress row, whose key and value stay MirrorMaker's bytes.
public struct Witness: Sendable, Equatable {
    public static let headerName = "tern.witness"

    /// The id that the source cluster reported.
    public var clusterID: String
    public var sourceOffset: Int64
    /// Milliseconds; -1 when the record has none.
    public var timestamp: Int64
    /// Of key and value; null and empty differ.
    public var contentHash: UInt64
    /// Where the target has it.
    public var targetOffset: Int64

    public init(clusterID: String, sourceOffset: Int64, timestamp: Int64, contentHash: UInt64, targetOffset: Int64) {
        self.clusterID = clusterID
        self.sourceOffset = sourceOffset
        self.timestamp = timestamp
        self.contentHash = contentHash
        self.targetOffset = targetOffset
    }

    /// `1 <cluster id> <source offset> <timestamp> <hash, hex> <target offset>`, ASCII.
    public var encoded: [UInt8] {
        Array("1 \(clusterID) \(sourceOffset) \(timestamp) \(String(contentHash, radix: 16)) \(targetOffset)".utf8)
    }

    /// What a header says; `nil` when it is not a witness that this version writes, which means unknown.
    public init?(encoded bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count == 6, parts[0] == "1", !parts[1].isEmpty, let sourceOffset = Int64(parts[2]),
            let timestamp = Int64(parts[3]), let hash = UInt64(parts[4], radix: 16), let targetOffset = Int64(parts[5]),
            sourceOffset >= 0
        else { return nil }
        self.init(
            clusterID: parts[1], sourceOffset: sourceOffset, timestamp: timestamp, contentHash: hash,
            targetOffset: targetOffset)
    }
}
