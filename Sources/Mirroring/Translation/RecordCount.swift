// SPDX-License-Identifier: Apache-2.0

/// Counts of records are differences of offsets, and any client may commit the largest offset there is. A sum of such counts
/// ends at the largest number: it must not end the process.
extension Int64 {
    /// This number and another that is not negative.
    public func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension Sequence<Int64> {
    /// The sum of numbers that are not negative.
    public var saturatedSum: Int64 { reduce(0) { $0.addingSaturated($1) } }
}

extension Sequence<TranslatedOffset> {
    /// Records that a group has read and that are not copied: it reads them again on the target.
    public var notCopied: Int64 {
        lazy.map { place in if case .ahead(_, let count) = place.translation { count } else { 0 } }.saturatedSum
    }
}
