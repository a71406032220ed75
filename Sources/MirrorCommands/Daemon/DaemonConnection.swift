// SPDX-License-Identifier: Apache-2.0
internal import Certificates
internal import Platform
internal import SecureTransport

/// How somebody asks a daemon from elsewhere.
struct DaemonLogin: Sendable, Equatable {
    /// What `Authorization: Bearer` carries; `nil` logs in as nobody.
    var token: String?
    /// Path of the authorities' certificates, PEM; the system's where `nil`.
    var authorities: String?
    /// `false` only to ask the daemon of this machine whether it is well, where no secret is sent.
    var verifiesPeer = true
    /// What people write to name them, for messages.
    var tokenOption = "--token-file"
    var authoritiesOption = "--ca-file"
}

/// Why a daemon gave no answer.
enum DaemonFailure: Error {
    case system(SystemFailure)
    case secure(SecureFailure)

    var isTimeout: Bool { if case .system(let failure) = self { failure.isTimeout } else { false } }
}

/// Bytes to and from a daemon, by TLS or without.
final class DaemonConnection {
    private let plain: Plain?
    private let secure: SecureConnection?

    private final class Plain {
        let connection: TCPConnection
        init(_ connection: consuming TCPConnection) { self.connection = connection }
    }

    /// Blocks.
    init(
        to address: DaemonAddress, _ login: DaemonLogin, by deadline: ContinuousClock.Instant
    ) throws(DaemonFailure) {
        if address.isSecure {
            plain = nil
            do throws(SecureFailure) {
                secure = try SecureConnection(
                    host: address.host, port: address.port, authorities: login.authorities,
                    verifies: login.verifiesPeer, by: deadline)
            } catch { throw .secure(error) }
        } else {
            secure = nil
            do throws(SystemFailure) {
                plain = Plain(try TCPConnection.open(host: address.host, port: address.port, by: deadline))
            } catch { throw .system(error) }
        }
    }

    func send(_ bytes: [UInt8], by deadline: ContinuousClock.Instant) throws(DaemonFailure) {
        do throws(SystemFailure) {
            try plain?.connection.send(bytes, by: deadline)
            try secure?.send(bytes, by: deadline)
        } catch { throw .system(error) }
    }

    /// What has arrived; empty when the other side has closed.
    func receive(by deadline: ContinuousClock.Instant) throws(DaemonFailure) -> [UInt8] {
        do throws(SystemFailure) {
            if let plain { return try plain.connection.receive(by: deadline) }
            return try secure?.receive(by: deadline) ?? []
        } catch { throw .system(error) }
    }
}

extension DaemonClient {
    /// A failure in one sentence, and what to do.
    func failure(_ failure: DaemonFailure) -> CommandFailure {
        switch failure {
        case .system(let failure): unreachable(failure.reason)
        case .secure(let failure): secureFailure(failure)
        }
    }

    private func secureFailure(_ failure: SecureFailure) -> CommandFailure {
        func untrusted(_ message: String, _ hint: String) -> CommandFailure {
            CommandFailure(.failed, code: "CERTIFICATE", message, resource: address.description, hint: hint)
        }
        switch failure.kind {
        case .unreachable: return unreachable(failure.reason)
        case .tooSlow: return unreachable("no answer in time")
        case .otherName:
            return untrusted(
                "the certificate that \(address) shows is for another name than \(address.host)",
                "ask it by a name that is in its certificate")
        case .authorities:
            return CommandFailure(
                .usage, code: "AUTHORITIES",
                "\(login.authoritiesOption): '\(login.authorities ?? "")' holds no certificates (PEM)",
                resource: login.authorities)
        case .handshake:
            return CommandFailure(
                .failed, code: "NO_TLS", "\(address) speaks no TLS that fits: \(failure.reason)",
                resource: address.description,
                hint: "without tls_server_config in its web.config.file a daemon is asked by http://")
        case .certificate(let code):
            let error = VerificationError(code: code)
            switch error.kind {
            case .selfSigned, .unknownAuthority:
                return untrusted(
                    "the certificate that \(address) shows is of an authority that is not trusted here",
                    login.authorities == nil
                        ? "\(login.authoritiesOption) names the authority's certificate"
                        : "\(login.authoritiesOption) names another authority")
            case .expired:
                return untrusted("the certificate that \(address) shows has expired", "its daemon needs another")
            case .notYetValid:
                return untrusted(
                    "the certificate that \(address) shows is not valid yet", "compare the clocks of both machines")
            case .otherHost:
                return untrusted(
                    "the certificate that \(address) shows is for another name than \(address.host)",
                    "ask it by a name that is in its certificate")
            case .other:
                return untrusted(
                    "the certificate that \(address) shows does not hold: \(error)", "its daemon needs another")
            }
        }
    }
}
