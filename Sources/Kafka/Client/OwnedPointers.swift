// SPDX-License-Identifier: Apache-2.0

/// C objects that a call takes as an array and that are ours to free afterwards.
struct OwnedPointers: ~Copyable {
    private var elements: [OpaquePointer?] = []
    private let destroy: (OpaquePointer) -> Void

    init(freeing destroy: @escaping (OpaquePointer) -> Void) { self.destroy = destroy }

    mutating func append(_ pointer: OpaquePointer) { elements.append(pointer) }

    /// Lends the array to a call.
    mutating func withArray<Result>(_ body: (UnsafeMutablePointer<OpaquePointer?>?, Int) -> Result) -> Result {
        elements.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
    }

    deinit {
        for case let pointer? in elements { destroy(pointer) }
    }
}

/// The elements of an array that a C result owns.
func nativeElements(
    _ array: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
) -> [OpaquePointer] {
    UnsafeMutableBufferPointer(start: array, count: array == nil ? 0 : count).compactMap { $0 }
}
