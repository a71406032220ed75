// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Glibc
public import KafkaTypes

/// Computes the prints of records. Some headers are set apart: they do not count, and their values are lent to who asks.
public struct PrintReader: Sendable {
    private let apart: [[UInt8]]
    /// Timestamps do not count where the target writes its own.
    private let countsTimestamps: Bool

    /// - Parameter names: of the headers that are set apart; without NUL.
    public init(settingApart names: [String], countsTimestamps: Bool = true) {
        apart = names.map { Array($0.utf8) }
        self.countsTimestamps = countsTimestamps
    }

    /// The print of a record. A timestamp of 0 counts as 1, which is what a mirror makes of it; none as 0.
    ///
    /// - Parameter lend: gets the place of a name among those set apart, and the value (nil for null), for each such header.
    public func print(
        of record: borrowing Record, _ lend: (_ place: Int, _ value: RawSpan?) -> Void
    ) -> RecordPrint {
        let message = record.message
        let key = message.keyBytes.map { ContentHash.xxh64($0, seed: 1) } ?? 0
        let value = message.valueBytes.map { ContentHash.xxh64($0, seed: 2) } ?? 0
        var headers: UInt64 = 0
        if let list = message.headers { add(list, to: &headers, lend) }
        let timestamp = countsTimestamps ? Self.timestamp(of: message) : 0
        return RecordPrint(
            key: key, value: value, headers: headers, timestamp: timestamp,
            combined: Self.combined(key, value, headers, timestamp))
    }

    static func combined(_ key: UInt64, _ value: UInt64, _ headers: UInt64, _ timestamp: Int64) -> UInt64 {
        var words = (key.littleEndian, value.littleEndian, headers.littleEndian, timestamp.littleEndian)
        return withUnsafeBytes(of: &words) { ContentHash.xxh64($0, seed: 0) }
    }

    private static func timestamp(of message: UnsafePointer<rd_kafka_message_t>) -> Int64 {
        let timestamp = Timestamp(of: message)
        guard timestamp.kind != .none, timestamp.milliseconds != -1 else { return 0 }
        return timestamp.milliseconds == 0 ? 1 : timestamp.milliseconds
    }

    private func add(
        _ list: OpaquePointer, to hash: inout UInt64, _ lend: (_ place: Int, _ value: RawSpan?) -> Void
    ) {
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var count = 0
        var index = 0
        while rd_kafka_header_get_all(list, index, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR {
            index += 1
            guard let name else { continue }
            let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
            let content = value.map { UnsafeRawBufferPointer(start: $0, count: count) }
            if let place = place(of: bytes) {
                lend(place, content?.bytes)
                continue
            }
            hash = ContentHash.xxh64(bytes, seed: hash)
            hash = content.map { ContentHash.xxh64($0, seed: hash) } ?? ~hash
        }
    }

    private func place(of name: UnsafeRawBufferPointer) -> Int? {
        for (place, candidate) in apart.enumerated() where candidate.count == name.count {
            if candidate.elementsEqual(name) { return place }
        }
        return nil
    }
}
