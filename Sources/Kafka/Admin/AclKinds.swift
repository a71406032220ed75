// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import KafkaTypes

/// librdkafka's enums for access rules and ours, both ways.
///
/// librdkafka says "broker" (4, of configurations) where the protocol says "cluster".
enum AclKinds {
    static func native(_ kind: AccessRule.ResourceKind) -> rd_kafka_ResourceType_t {
        switch kind {
        case .topic: RD_KAFKA_RESOURCE_TOPIC
        case .group: RD_KAFKA_RESOURCE_GROUP
        case .cluster: RD_KAFKA_RESOURCE_BROKER
        case .unknown: RD_KAFKA_RESOURCE_UNKNOWN
        }
    }

    static func native(_ kind: AccessRule.PatternKind) -> rd_kafka_ResourcePatternType_t {
        switch kind {
        case .literal: RD_KAFKA_RESOURCE_PATTERN_LITERAL
        case .prefixed: RD_KAFKA_RESOURCE_PATTERN_PREFIXED
        case .unknown: RD_KAFKA_RESOURCE_PATTERN_UNKNOWN
        }
    }

    private static let operations: [(AccessRule.Operation, rd_kafka_AclOperation_t)] = [
        (.all, RD_KAFKA_ACL_OPERATION_ALL), (.read, RD_KAFKA_ACL_OPERATION_READ),
        (.write, RD_KAFKA_ACL_OPERATION_WRITE), (.create, RD_KAFKA_ACL_OPERATION_CREATE),
        (.delete, RD_KAFKA_ACL_OPERATION_DELETE), (.alter, RD_KAFKA_ACL_OPERATION_ALTER),
        (.describe, RD_KAFKA_ACL_OPERATION_DESCRIBE), (.clusterAction, RD_KAFKA_ACL_OPERATION_CLUSTER_ACTION),
        (.describeConfigs, RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS),
        (.alterConfigs, RD_KAFKA_ACL_OPERATION_ALTER_CONFIGS),
        (.idempotentWrite, RD_KAFKA_ACL_OPERATION_IDEMPOTENT_WRITE),
    ]

    static func native(_ kind: AccessRule.Operation) -> rd_kafka_AclOperation_t {
        operations.first { $0.0 == kind }?.1 ?? RD_KAFKA_ACL_OPERATION_UNKNOWN
    }

    static func operation(_ native: rd_kafka_AclOperation_t) -> AccessRule.Operation {
        operations.first { $0.1 == native }?.0 ?? .unknown
    }

    static func native(_ kind: AccessRule.Permission) -> rd_kafka_AclPermissionType_t {
        switch kind {
        case .allow: RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW
        case .deny: RD_KAFKA_ACL_PERMISSION_TYPE_DENY
        case .unknown: RD_KAFKA_ACL_PERMISSION_TYPE_UNKNOWN
        }
    }
}

extension AccessRule {
    init(native: OpaquePointer) {
        func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
        let resource: ResourceKind =
            switch rd_kafka_AclBinding_restype(native) {
            case RD_KAFKA_RESOURCE_TOPIC: .topic
            case RD_KAFKA_RESOURCE_GROUP: .group
            case RD_KAFKA_RESOURCE_BROKER: .cluster
            default: .unknown
            }
        let pattern: PatternKind =
            switch rd_kafka_AclBinding_resource_pattern_type(native) {
            case RD_KAFKA_RESOURCE_PATTERN_LITERAL: .literal
            case RD_KAFKA_RESOURCE_PATTERN_PREFIXED: .prefixed
            default: .unknown
            }
        let permission: Permission =
            switch rd_kafka_AclBinding_permission_type(native) {
            case RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW: .allow
            case RD_KAFKA_ACL_PERMISSION_TYPE_DENY: .deny
            default: .unknown
            }
        self.init(
            resource: resource, resourceName: text(rd_kafka_AclBinding_name(native)), pattern: pattern,
            principal: text(rd_kafka_AclBinding_principal(native)), host: text(rd_kafka_AclBinding_host(native)),
            operation: AclKinds.operation(rd_kafka_AclBinding_operation(native)), permission: permission)
    }
}
