// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration

/// Why a partition stopped, and what to do.
public struct PartitionStop: Sendable, Equatable {
    /// One of `lostData`, `rewound`, `sourceMissing`, `targetReset`, `refused`, `stopped`.
    public var state: PartitionStateWord
    /// Kafka's name of the error, such as `MSG_SIZE_TOO_LARGE`.
    public var code: String
    public var offset: Int64?
    public var limit: Int64?
    public var since: Int64
    /// What to do, in a sentence.
    public var text: String
    /// What is lost by it, or may be; `nil` where nothing is.
    public var loss: Loss?

    public struct Loss: Sendable, Equatable {
        public var cause: LossCause
        /// Of the source, the last excluded; `nil` where nobody can tell.
        public var offsets: Range<Int64>?
        /// At most, where it is known.
        public var count: Int64?
        /// What happened, without what to do about it: the start of the stop's text.
        public var event: String?
        /// How the partition continues by itself; `nil` where a person decides.
        public var policy: LossPolicy?

        public init(
            _ cause: LossCause, offsets: Range<Int64>? = nil, count: Int64? = nil, event: String? = nil
        ) {
            self.cause = cause
            self.offsets = offsets
            self.count = count
            self.event = event
        }
    }

    public init(
        state: PartitionStateWord, code: String, offset: Int64?, limit: Int64? = nil, since: Int64, text: String,
        loss: Loss? = nil
    ) {
        self.loss = loss
        self.state = state
        self.code = code
        self.offset = offset
        self.limit = limit
        self.since = since
        self.text = text
    }
}
