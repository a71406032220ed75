// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Glibc
internal import KafkaTypes

/// The calls for incremental changes, which the librdkafka this is built against does not have and the one that is loaded
/// may have (from 2.2 on). The signatures are those of its header.
struct IncrementalAlter: Sendable {
    typealias Add =
        @convention(c) (OpaquePointer, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>?) -> OpaquePointer?
    typealias Send =
        @convention(c) (OpaquePointer, UnsafeMutablePointer<OpaquePointer?>?, Int, OpaquePointer, OpaquePointer) -> Void
    typealias ResultOfEvent = @convention(c) (OpaquePointer) -> OpaquePointer?
    typealias Resources =
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int>) -> UnsafeMutablePointer<OpaquePointer?>?

    /// `RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS`
    static let operation = rd_kafka_admin_op_t(rawValue: 16)

    private let addEntry: Add
    let send: Send
    let result: ResultOfEvent
    let resources: Resources

    static let loaded: IncrementalAlter? = {
        guard let add = dlsym(nil, "rd_kafka_ConfigResource_add_incremental_config"),
            let send = dlsym(nil, "rd_kafka_IncrementalAlterConfigs"),
            let result = dlsym(nil, "rd_kafka_event_IncrementalAlterConfigs_result"),
            let resources = dlsym(nil, "rd_kafka_IncrementalAlterConfigs_result_resources")
        else { return nil }
        return IncrementalAlter(
            addEntry: unsafeBitCast(add, to: Add.self), send: unsafeBitCast(send, to: Send.self),
            result: unsafeBitCast(result, to: ResultOfEvent.self),
            resources: unsafeBitCast(resources, to: Resources.self))
    }()

    /// Adds a step to a resource: the kinds are `RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET` and `…_DELETE`.
    /// - Returns: an error object for the caller to free.
    func add(_ change: ConfigurationChange, _ resource: OpaquePointer) -> OpaquePointer? {
        switch change {
        case .set(let name, let value): addEntry(resource, name, 0, value)
        case .delete(let name): addEntry(resource, name, 1, nil)
        }
    }
}
