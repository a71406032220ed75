// SPDX-License-Identifier: Apache-2.0

/// What the progress topic says of one partition.
public struct StoredProgress: Sendable, Equatable {
    /// Of the last record that was mirrored.
    public var offset: Int64
    public var witness: Witness?

    public init(offset: Int64, witness: Witness?) {
        self.offset = offset
        self.witness = witness
    }
}

/// Progress that a lane had no time to write. It holds for this daemon's next lane as long as nobody has written another row.
public struct UnwrittenProgress: Sendable, Equatable {
    public var offset: Int64
    public var witness: Witness?
    /// The last row that is known to be written, and the one that may be; `nil` is none.
    public var rows: [Int64?]

    public init(offset: Int64, witness: Witness?, rows: [Int64?]) {
        self.offset = offset
        self.witness = witness
        self.rows = rows
    }
}
