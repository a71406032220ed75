// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A refusal of the operating system.
public struct SystemFailure: Error, Sendable, Equatable {
    /// The `errno` value; 0 when it was none (a name that does not resolve, a deadline that passed).
    public let code: Int32
    /// What the C library says about it, such as "Connection refused".
    public let reason: String

    public init(code: Int32, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// A deadline passed.
    public var isTimeout: Bool { code == ETIMEDOUT }

    static func last(_ code: Int32 = errno) -> SystemFailure {
        SystemFailure(code: code, reason: String(cString: strerror(code)))
    }
}
