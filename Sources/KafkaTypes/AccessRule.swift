// SPDX-License-Identifier: Apache-2.0

/// One access control rule of a cluster (an ACL binding).
public struct AccessRule: Hashable, Sendable {
    /// What a rule is about. librdkafka 2.0.2 reports everything newer than `cluster` (transactional ids among them) as
    /// `unknown`.
    public enum ResourceKind: String, Hashable, Sendable, CaseIterable {
        case topic, group, cluster, unknown
    }

    public enum PatternKind: String, Hashable, Sendable, CaseIterable {
        /// This name, or every name when it is `*`.
        case literal
        /// Every name that starts with it.
        case prefixed
        case unknown
    }

    public enum Operation: String, Hashable, Sendable, CaseIterable {
        case all, read, write, create, delete, alter, describe
        case clusterAction = "cluster_action"
        case describeConfigs = "describe_configs"
        case alterConfigs = "alter_configs"
        case idempotentWrite = "idempotent_write"
        case unknown
    }

    public enum Permission: String, Hashable, Sendable, CaseIterable {
        case allow, deny, unknown
    }

    public let resource: ResourceKind
    public let resourceName: String
    public let pattern: PatternKind
    /// Such as `User:orders`.
    public let principal: String
    /// An address, or `*`.
    public let host: String
    public let operation: Operation
    public let permission: Permission

    public init(
        resource: ResourceKind, resourceName: String, pattern: PatternKind = .literal, principal: String,
        host: String = "*", operation: Operation, permission: Permission = .allow
    ) {
        self.resource = resource
        self.resourceName = resourceName
        self.pattern = pattern
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }
}
