// SPDX-License-Identifier: Apache-2.0
internal import CCurl
internal import Glibc
public import Platform

/// Why a connection by TLS was not made.
public struct SecureFailure: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The name, the network, or whatever else there is without TLS.
        case unreachable
        case tooSlow
        /// The certificate is for another host.
        case otherName
        /// OpenSSL does not take it: one of its `X509_V_ERR_…` numbers.
        case certificate(code: Int32)
        /// The file of authorities cannot be read, or holds none.
        case authorities
        /// The other end speaks no TLS, or none that fits.
        case handshake
    }
    public let kind: Kind
    /// libcurl's words.
    public let reason: String
}

/// Bytes both ways over TLS, as `TCPConnection` has them without: libcurl connects and verifies the certificate, and leaves what is said to
/// its caller (`CURLOPT_CONNECT_ONLY`). Proxies are not used.
public final class SecureConnection {
    private let handle: UnsafeMutableRawPointer

    /// The corresponding C function is `curl_global_init`, once in a process.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Connects, and verifies that the certificate is the host's and of an authority that is trusted. Blocks.
    ///
    /// - Parameters:
    ///   - host: a name or an address, that of IPv6 without brackets.
    ///   - authorities: path of their certificates in PEM; the system's where `nil`.
    ///   - verifies: `false` takes every certificate, which is only right for what is no secret and is not believed.
    public init(
        host: String, port: UInt16, authorities: String?, verifies: Bool = true, by deadline: ContinuousClock.Instant
    ) throws(SecureFailure) {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw SecureFailure(kind: .unreachable, reason: "libcurl cannot be initialized")
        }
        self.handle = handle
        let name = host.contains(":") ? "[\(host)]" : host
        tern_curl_set_text(handle, CURLOPT_URL, "https://\(name):\(port)/")
        tern_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "https")
        tern_curl_set_text(handle, CURLOPT_NOPROXY, "*")
        tern_curl_set_number(handle, CURLOPT_CONNECT_ONLY, 1)
        // Signals are the process's.
        tern_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        // Or a proxy before the daemon would agree on HTTP/2.
        tern_curl_set_number(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        tern_curl_set_number(
            handle, CURLOPT_TIMEOUT_MS, Int(min(max((deadline - .now) / .milliseconds(1), 1), 3_600_000)))
        if !verifies {
            tern_curl_set_number(handle, CURLOPT_SSL_VERIFYPEER, 0)
            tern_curl_set_number(handle, CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let authorities { tern_curl_set_text(handle, CURLOPT_CAINFO, authorities) }
        let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer {
            tern_curl_set_text(handle, CURLOPT_ERRORBUFFER, nil)
            words.deallocate()
        }
        tern_curl_set_text(handle, CURLOPT_ERRORBUFFER, words)
        let code = curl_easy_perform(handle)
        guard code == CURLE_OK else {
            let text = String(cString: words)
            let failure = SecureFailure(
                kind: Self.kind(of: code, verified: tern_curl_verify_result(handle)),
                reason: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
            throw failure
        }
    }

    deinit { curl_easy_cleanup(handle) }

    private static func kind(of code: CURLcode, verified: Int) -> SecureFailure.Kind {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION:
            // libcurl compares the name by itself, when OpenSSL has nothing against the chain, and before it asks for OpenSSL's result:
            // that is still the 1 it began with (X509_V_ERR_UNSPECIFIED).
            verified == 0 || verified == 1 ? .otherName : .certificate(code: Int32(clamping: verified))
        case CURLE_SSL_CACERT_BADFILE: .authorities
        case CURLE_OPERATION_TIMEDOUT: .tooSlow
        case CURLE_SSL_CONNECT_ERROR: .handshake
        default: .unreachable
        }
    }

    public func send(_ bytes: [UInt8], by deadline: ContinuousClock.Instant) throws(SystemFailure) {
        var sent = 0
        while sent < bytes.count {
            var count = 0
            let code = bytes[sent...].withUnsafeBytes { curl_easy_send(handle, $0.baseAddress, $0.count, &count) }
            switch code {
            case CURLE_OK: sent += count
            case CURLE_AGAIN: try FileDescriptors.wait(until: .writable, tern_curl_socket(handle), by: deadline)
            default: throw Self.failure(code)
            }
        }
    }

    /// What has arrived, at most 64 KiB; empty when the other side has closed.
    public func receive(by deadline: ContinuousClock.Instant) throws(SystemFailure) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var count = 0
            let code = curl_easy_recv(handle, &chunk, chunk.count, &count)
            switch code {
            case CURLE_OK: return Array(chunk[..<count])
            case CURLE_AGAIN: try FileDescriptors.wait(until: .readable, tern_curl_socket(handle), by: deadline)
            default: throw Self.failure(code)
            }
        }
    }

    private static func failure(_ code: CURLcode) -> SystemFailure {
        SystemFailure(code: 0, reason: String(cString: curl_easy_strerror(code)))
    }
}
