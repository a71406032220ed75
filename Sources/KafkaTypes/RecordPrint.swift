// SPDX-License-Identifier: Apache-2.0

/// The content of a record as five numbers, so that two records can be compared, and told what differs, without keeping them.
///
/// All hashes are XXH64 as published; numbers are joined as 8 bytes each, little-endian. Anybody can compute them again:
///
///     key       XXH64(key, seed 1); 0 for a null key
///     value     XXH64(value, seed 2); 0 for a null value
///     headers   h = 0; for each header in order: h = XXH64(name, seed h), then h = XXH64(value, seed h), or ~h for a null value
///     combined  XXH64(key ‖ value ‖ headers ‖ timestamp, seed 0)
///
/// Null and empty differ. XXH64 finds faults, not forgeries.
public struct RecordPrint: Sendable, Hashable {
    public var key: UInt64
    public var value: UInt64
    /// Of all headers but those that were set apart.
    public var headers: UInt64
    /// Milliseconds since 1970.
    public var timestamp: Int64
    /// One number for all of them.
    public var combined: UInt64

    public init(key: UInt64, value: UInt64, headers: UInt64, timestamp: Int64, combined: UInt64) {
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
        self.combined = combined
    }
}
