// SPDX-License-Identifier: Apache-2.0

/// Where a partition starts.
public enum PartitionStart: Sendable, Equatable {
    /// No progress was stored. At `offset`; `nil` is where the consumer's setting says.
    case fresh(offset: Int64?)
    /// No progress was stored, and all that the log has is wanted, where other partitions start at their end. That is stored
    /// as soon as the log is seen, even if it is empty: a later start must not take the end of what has come in between.
    case beginning
    /// No progress was stored, and a person said that nothing starts without (`auto.offset.reset=none`): the partition stops.
    case refused
    /// After the last record that was mirrored. The witness, when there is one, proves that the log is still the same.
    /// - row: what the progress topic says, which is less where an earlier lane of this daemon could not write it.
    case resume(last: Int64, witness: Witness?, row: Int64?)
}
