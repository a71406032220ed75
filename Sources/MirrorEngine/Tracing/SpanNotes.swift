// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// The sampled records of a partition that are on their way. Confined to the lane's thread.
struct SpanNotes {
    private struct Open {
        var context: TraceContext
        var start: Int64
    }

    /// Shared; held here since asking for a static is a call for each record.
    private let name = Self.headerName
    private static let headerName = HeaderName(TraceContext.header)
    private var open: [UInt32: Open] = [:]

    /// What a record says of its trace; `nil` where nobody wants that recorded.
    func sampled(_ record: borrowing Record) -> TraceContext? {
        guard record.hasHeaders, let context = Self.context(of: record, name), context.isSampled else { return nil }
        return context
    }

    /// Also of records that nobody wants recorded: for the log.
    static func context(of record: borrowing Record) -> TraceContext? { context(of: record, headerName) }

    private static func context(of record: borrowing Record, _ name: HeaderName) -> TraceContext? {
        record.withLastHeader(named: name) { value -> TraceContext? in
            guard let value else { return nil }
            return TraceContext(value)
        } ?? nil
    }

    /// - Parameter sequence: the record's in the partition's ledger.
    mutating func begin(_ context: TraceContext, _ sequence: UInt32, at now: Int64) {
        open[sequence] = Open(context: context, start: now)
    }

    /// - Returns: the trace and when the record was taken, nanoseconds since 1970; `nil` for records without.
    mutating func end(_ sequence: UInt32) -> (context: TraceContext, start: Int64)? {
        guard !open.isEmpty, let ended = open.removeValue(forKey: sequence) else { return nil }
        return (ended.context, ended.start)
    }

    /// Forgets records that are read again: their spans begin anew.
    mutating func keep(where isOnItsWay: (UInt32) -> Bool) {
        if !open.isEmpty { open = open.filter { isOnItsWay($0.key) } }
    }
}
