// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Synchronization

/// A certificate that a client did not take from a broker.
public struct RefusedCertificate: Sendable, Equatable {
    /// The broker's address as the client has it, `host:port`.
    public var broker: String
    /// OpenSSL's number, `X509_V_ERR_…`.
    public var error: Int32
    /// 0 for the broker's own certificate, more for those of its authorities.
    public var depth: Int32
    /// In its distinguished encoding.
    public var encoding: [UInt8]

    public init(broker: String, error: Int32, depth: Int32, encoding: [UInt8]) {
        self.broker = broker
        self.error = error
        self.depth = depth
        self.encoding = encoding
    }
}

/// What clients found wrong with certificates. librdkafka says the same of all causes, "certificate verify failed"; OpenSSL's
/// reason passes only by its callback.
enum RefusedCertificates {
    /// The latest of each broker, by the client's address.
    private static let refused = Mutex<[UInt: [String: RefusedCertificate]]>([:])

    /// The corresponding C function is `rd_kafka_conf_set_ssl_cert_verify_cb`. The callback comes on threads of brokers, for
    /// each certificate of a chain, with OpenSSL's verdict, and leaves that as it is.
    static func watch(_ configuration: OpaquePointer) {
        rd_kafka_conf_set_ssl_cert_verify_cb(configuration) { client, broker, _, error, depth, bytes, size, _, _, _ in
            guard let client, let error, error.pointee != 0 else { return 1 }
            let broker = broker.map { String(cString: $0) } ?? ""
            let encoding = bytes.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) } ?? []
            let certificate = RefusedCertificate(
                broker: broker, error: error.pointee, depth: depth, encoding: encoding)
            RefusedCertificates.refused.withLock { $0[UInt(bitPattern: client), default: [:]][broker] = certificate }
            return 0
        }
    }

    /// Those of a client since the last call, by the broker's address.
    static func take(from client: OpaquePointer) -> [RefusedCertificate] {
        let taken = refused.withLock { $0.removeValue(forKey: UInt(bitPattern: client)) }
        return taken?.sorted { $0.key < $1.key }.map(\.value) ?? []
    }
}
