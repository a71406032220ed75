// SPDX-License-Identifier: Apache-2.0

/// One partition of the source: what a broker's log does to those who read it.
struct SourceModel {
    struct Entry: Equatable {
        var offset: Int64
        /// Of one record only, rising; also its time and its content.
        var id: UInt64
        var kind: Kind
    }

    enum Kind: Equatable {
        case data
        /// A copy that came from the target: skipped by rule.
        case echo
        /// Takes an offset; readers never see it.
        case marker
        case aborted
    }

    var entries: [Entry] = []
    var start: Int64 = 0
    var end: Int64 = 0
    var exists = true
    /// Where an open transaction began; committed readers see nothing from there on.
    var openSince: Int64?

    var stableEnd: Int64 { openSince ?? end }

    mutating func append(_ kind: Kind, id: UInt64) {
        entries.append(Entry(offset: end, id: id, kind: kind))
        end += 1
    }

    /// Ends the open transaction: its records are committed as they are, or become aborted ones; a marker follows.
    mutating func endTransaction(isAborted: Bool, id: UInt64) {
        guard let first = openSince else { return }
        if isAborted {
            for index in entries.indices where entries[index].offset >= first { entries[index].kind = .aborted }
        }
        openSince = nil
        append(.marker, id: id)
    }

    mutating func expire(before offset: Int64) {
        start = max(start, min(offset, end))
        entries.removeAll { $0.offset < start }
    }

    mutating func truncate(to offset: Int64) {
        end = max(start, min(offset, end))
        entries.removeAll { $0.offset >= end }
        if let first = openSince, first >= end { openSince = nil }
    }

    mutating func remove() {
        self = SourceModel()
        exists = false
    }

    mutating func create() {
        self = SourceModel()
    }

    /// What a committed reader sees at exactly this offset.
    func visible(at offset: Int64) -> Entry? {
        guard let entry = entries.first(where: { $0.offset == offset }), offset < stableEnd else { return nil }
        return entry.kind == .data || entry.kind == .echo ? entry : nil
    }

    /// Records that must arrive, in order.
    var due: [Entry] { entries.filter { $0.kind == .data && $0.offset < stableEnd } }
}
