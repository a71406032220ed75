// SPDX-License-Identifier: Apache-2.0

/// Which of the two headers a record can carry on its target.
public enum HeaderRoom: Sendable, Hashable, CaseIterable {
    case both, pathOnly, none

    /// What a topic that this program creates is given beyond the source's `max.message.bytes`.
    public static let reserved: Int64 = 1024

    /// Leaves out as little as needed for a record to fit: `tern.origin`, which only people read, first; `tern.path` only
    /// where names keep copies apart, since without it equal names would let the record circle.
    /// - Parameters:
    ///   - record: without our two headers.
    ///   - originCount, pathCount: bytes of the two values.
    ///   - limit: the target topic's `max.message.bytes`; `nil` when unknown.
    ///   - keepsNames: the topic is called the same on both sides.
    public static func room(
        for record: RecordSize, originCount: Int, pathCount: Int, limit: Int64?, keepsNames: Bool
    ) -> HeaderRoom {
        guard let limit else { return .both }
        let withPath = record.addingHeader(nameCount: PathHeader.name.utf8.count, valueCount: pathCount)
        let withBoth = withPath.addingHeader(nameCount: OriginHeader.name.utf8.count, valueCount: originCount)
        if withBoth.fits(into: limit) { return .both }
        if withPath.fits(into: limit) { return .pathOnly }
        if !keepsNames, record.fits(into: limit) { return .none }
        // Too large whatever is left out: compression may help it, the refusal should name all of it.
        return .both
    }
}
