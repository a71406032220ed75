// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Glibc

/// The name of a header, prepared once: making one may allocate, using it does not.
public struct HeaderName: Sendable, Hashable, CustomStringConvertible {
    /// The bytes of the name and a NUL behind them, as C wants it.
    private let bytes: [CChar]

    /// - Parameter name: without NUL; what follows one is cut off.
    public init(_ name: String) {
        bytes = name.withCString { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
    }

    /// - Parameter bytes: of any encoding; what follows a NUL is cut off.
    public init(bytes: [UInt8]) { self.bytes = bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0] }

    public var description: String {
        bytes.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// How many bytes the name has, without the NUL.
    public var count: Int { bytes.count - 1 }

    func withPointer<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a header name has at least its NUL") }
            return body(base)
        }
    }
}

/// The headers of one record, in order, duplicates and all. The corresponding C type is `rd_kafka_headers_t`.
struct RecordHeaders: ~Copyable {
    private let pointer: OpaquePointer

    /// Takes the list over.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// The corresponding C function is `rd_kafka_headers_new`.
    init(capacity: Int) { pointer = rd_kafka_headers_new(capacity) }

    func add(_ name: HeaderName, _ value: UnsafeRawBufferPointer?) { HeaderAccess.add(name, value, to: pointer) }

    /// For a produce call, which takes the list over when it succeeds.
    var native: OpaquePointer { pointer }

    /// Gives the list up to whoever owns it now.
    consuming func release() { discard self }

    deinit { rd_kafka_headers_destroy(pointer) }
}

extension UnsafeRawBufferPointer {
    /// An address even for no bytes at all: to librdkafka a NULL pointer is null, any other with no bytes is empty.
    var addressOrDummy: UnsafeRawPointer { baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped }
}

/// What can be done with a list of headers, whoever owns it.
enum HeaderAccess {
    /// Adds a header at the end; nil is a null value. The value is copied.
    /// The corresponding C function is `rd_kafka_header_add`.
    static func add(_ name: HeaderName, _ value: UnsafeRawBufferPointer?, to headers: OpaquePointer) {
        name.withPointer { text in
            _ = rd_kafka_header_add(headers, text, name.count, value.map { $0.addressOrDummy }, value?.count ?? 0)
        }
    }

    /// Removes every header of that name. The corresponding C function is `rd_kafka_header_remove`.
    static func remove(_ name: HeaderName, from headers: OpaquePointer) {
        name.withPointer { _ = rd_kafka_header_remove(headers, $0) }
    }

    /// The corresponding C function is `rd_kafka_header_get_last`.
    static func last<Result, Failure: Error>(
        in headers: OpaquePointer?, named name: HeaderName, _ body: (RawSpan?) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let headers else { return nil }
        var value: UnsafeRawPointer?
        var count = 0
        let code = name.withPointer { rd_kafka_header_get_last(headers, $0, &value, &count) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        guard let value else { return try body(nil) }
        return try body(UnsafeRawBufferPointer(start: value, count: count).bytes)
    }

    /// Calls `body` with the bytes of each header's name and value; nil for a null value.
    static func forEachSize(in headers: OpaquePointer, _ body: (_ name: Int, _ value: Int?) -> Void) {
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        var index = 0
        while rd_kafka_header_get_all(headers, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            body(name.map { strlen($0) } ?? 0, value == nil ? nil : size)
            index += 1
        }
    }

    /// The corresponding C function is `rd_kafka_header_get_all`.
    static func forEach<Failure: Error>(
        in headers: OpaquePointer?, _ body: (RawSpan, RawSpan?) throws(Failure) -> Void
    ) throws(Failure) {
        guard let headers else { return }
        for index in 0..<rd_kafka_header_cnt(headers) {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var count = 0
            guard rd_kafka_header_get_all(headers, index, &name, &value, &count) == RD_KAFKA_RESP_ERR_NO_ERROR,
                let name
            else { return }
            let nameBytes = UnsafeRawBufferPointer(start: name, count: strlen(name)).bytes
            if let value {
                try body(nameBytes, UnsafeRawBufferPointer(start: value, count: count).bytes)
            } else {
                try body(nameBytes, nil)
            }
        }
    }
}
