// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka

/// The arguments of a produce call, laid out once: a call only fills in values. The corresponding C type is
/// `rd_kafka_vu_t`.
final class ProduceArguments {
    let base: UnsafeMutablePointer<rd_kafka_vu_t>
    /// How many of them the next call uses: headers are last and may be missing.
    private(set) var count = 0

    private static let tags = [
        RD_KAFKA_VTYPE_RKT, RD_KAFKA_VTYPE_PARTITION, RD_KAFKA_VTYPE_KEY, RD_KAFKA_VTYPE_VALUE,
        RD_KAFKA_VTYPE_TIMESTAMP, RD_KAFKA_VTYPE_OPAQUE, RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_VTYPE_HEADERS,
    ]

    init() {
        base = .allocate(capacity: Self.tags.count)
        for (index, tag) in Self.tags.enumerated() {
            (base + index).initialize(to: rd_kafka_vu_t())
            base[index].vtype = tag
        }
    }

    /// - Parameter timestamp: in milliseconds since 1970; 0 is now.
    func set(
        topic: OpaquePointer, partition: Int32, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        timestamp: Int64, opaque: UnsafeMutableRawPointer?, copiesValue: Bool, headers: OpaquePointer?
    ) {
        base[0].u.rkt = topic
        base[1].u.i32 = partition
        base[2].u.mem.ptr = key.map { UnsafeMutableRawPointer(mutating: $0.addressOrDummy) }
        base[2].u.mem.size = key?.count ?? 0
        base[3].u.mem.ptr = value.map { UnsafeMutableRawPointer(mutating: $0.addressOrDummy) }
        base[3].u.mem.size = value?.count ?? 0
        base[4].u.i64 = timestamp
        base[5].u.ptr = opaque
        base[6].u.i = copiesValue ? RD_KAFKA_MSG_F_COPY : 0
        base[7].u.headers = headers
        count = headers == nil ? 7 : 8
    }

    deinit { base.deallocate() }
}

extension [UInt8]? {
    /// Lends the bytes; nil stays nil, empty stays empty.
    func withOptionalBytes<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        guard let bytes = self else { return body(nil) }
        return bytes.withUnsafeBytes(body)
    }
}
