// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc

/// What changes when somebody writes a file, or puts another in its place.
public struct FileStamp: Sendable, Equatable {
    private let device: UInt
    private let number: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// - Returns: `nil` where there is no such file. Links are followed: mounted secrets are swapped by theirs.
    public init?(ofFile path: String) {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        device = UInt(found.st_dev)
        number = UInt(found.st_ino)
        size = Int(found.st_size)
        seconds = found.st_mtim.tv_sec
        nanoseconds = found.st_mtim.tv_nsec
    }
}
