// SPDX-License-Identifier: Apache-2.0
internal import CMicroHTTPD
internal import Glibc
internal import TernConfiguration

/// A bound Unix socket, mode 0600.
struct UnixListenSocket {
    let descriptor: Int32
    private let path: String

    /// A socket that a killed process has left is replaced; one at which somebody answers is not, and no other file is.
    init(_ path: String) throws(HTTPServerError) {
        func failed(_ reason: String, _ advice: String? = nil) -> HTTPServerError {
            HTTPServerError(address: ListenAddress(host: path, port: 0), reason: reason, advice: advice)
        }
        guard var address = sockaddr_un(path: path) else {
            throw failed("the path is too long", "choose one of 107 bytes at most")
        }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let made = socket(AF_UNIX, kind, 0)
        guard made >= 0 else { throw failed(String(cString: strerror(errno))) }
        if Self.isStale(path, &address) { unlink(path) }
        // From the first moment on nobody else may connect, whatever the process's mask is.
        fchmod(made, 0o600)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0, chmod(path, 0o600) == 0, listen(made, 16) == 0 else {
            let code = errno
            close(made)
            let advice: String? =
                switch code {
                case EADDRINUSE: "another process uses it, or it is no socket: stop it, or choose another admin.socket"
                case ENOENT: "its folder is not there: make it, or choose another admin.socket"
                case EACCES: "this user may not write to its folder"
                default: nil
                }
            throw failed(String(cString: strerror(code)), advice)
        }
        descriptor = made
        self.path = path
    }

    func remove() {
        close(descriptor)
        unlink(path)
    }

    private static func isStale(_ path: String, _ address: inout sockaddr_un) -> Bool {
        var found = stat()
        guard lstat(path, &found) == 0, found.st_mode & S_IFMT == S_IFSOCK else { return false }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(probe, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return code != 0 && errno == ECONNREFUSED
    }
}

extension sockaddr_un {
    /// - Returns: `nil` for a path that the kernel has no room for.
    init?(path: String) {
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: sun_path) else { return nil }
        withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
    }
}
