// SPDX-License-Identifier: Apache-2.0

/// The address of a C object, for keeping in a `Mutex`: raw pointers cannot be sent, numbers can. It is turned back into
/// a pointer only under that lock, which is also what says whether the object still exists.
struct NativeAddress: Sendable, Hashable {
    private let bits: UInt

    init(_ pointer: OpaquePointer) { bits = UInt(bitPattern: pointer) }

    var pointer: OpaquePointer {
        guard let pointer = OpaquePointer(bitPattern: bits) else { preconditionFailure("an object at address 0") }
        return pointer
    }
}
