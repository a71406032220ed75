// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
internal import Text

/// A name that this process has alone while it lives, and gets again when it is started anew on the same machine.
///
/// The kernel keeps the promise: a slot is a locked file, and a lock ends with its process, however that ends. The name is
/// drawn at random when the file is made and kept in it, so that two hosts, two containers with a temporary folder each, or a
/// daemon whose file somebody cleaned away never share one; they would fence each other for ever.
struct InstanceSlot: Sendable {
    let id: String
    /// Keeps the lock for as long as the process lives.
    private let descriptor: Int32

    /// Takes the lowest free slot of a name, such as the path of the properties file.
    init(name: String, directory: String = InstanceSlot.lockDirectory) {
        let scope = Self.hash(name + "|" + Self.bootID + "|" + Self.namespaceID)
        unsafe mkdir(directory, 0o700)
        for slot in 0..<256 {
            let file = unsafe open("\(directory)/\(scope).\(slot)", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            guard file >= 0 else { break }
            if flock(file, LOCK_EX | LOCK_NB) == 0 {
                id = "\(scope).\(Self.token(in: file))"
                descriptor = file
                return
            }
            close(file)
        }
        // No directory to lock in: a name of this process alone. Its lanes wait for the session timeout after a crash.
        id = "\(scope).pid\(getpid())"
        descriptor = -1
    }

    /// Gives the name to the next process that asks, as the end of this one would.
    func release() { close(descriptor) }

    /// What the file holds; drawn and written by the first process that locks it.
    private static func token(in file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: tokenLength)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        let digits = UInt8(ascii: "a")...UInt8(ascii: "p")
        if count == tokenLength, bytes.allSatisfy(digits.contains) { return String(decoding: bytes, as: UTF8.self) }
        for index in bytes.indices { bytes[index] = .random(in: digits) }
        // Where it cannot be written the name is this process's alone, and its lanes wait for the session timeout after a crash.
        _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Letters of 4 bits each.
    private static let tokenLength = 16

    static var lockDirectory: String {
        if let runtime = unsafe getenv("XDG_RUNTIME_DIR"), let path = unsafe String(validatingCString: runtime),
            !path.isEmpty
        {
            return path + "/tern"
        }
        return "/tmp/tern-\(getuid())"
    }

    private static var bootID: String { read("/proc/sys/kernel/random/boot_id") }

    private static var namespaceID: String {
        var status = stat()
        return unsafe stat("/proc/self/ns/pid", &status) == 0 ? "\(status.st_ino)" : ""
    }

    private static func read(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(0, count)).filter { $0 > 32 }, as: UTF8.self)
    }

    /// In hex: short, and the same in every run.
    private static func hash(_ text: String) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(bytes: text.utf8)
        return String(fingerprint.value, radix: 16)
    }
}
