// SPDX-License-Identifier: Apache-2.0

/// Which access rules are meant; nil is any.
public struct AccessRuleFilter: Sendable, Hashable {
    public var resource: AccessRule.ResourceKind?
    public var resourceName: String?
    public var pattern: AccessRule.PatternKind?
    public var principal: String?
    public var host: String?
    public var operation: AccessRule.Operation?
    public var permission: AccessRule.Permission?

    public init(
        resource: AccessRule.ResourceKind? = nil, resourceName: String? = nil,
        pattern: AccessRule.PatternKind? = nil, principal: String? = nil, host: String? = nil,
        operation: AccessRule.Operation? = nil, permission: AccessRule.Permission? = nil
    ) {
        self.resource = resource
        self.resourceName = resourceName
        self.pattern = pattern
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }

    /// The filter that means exactly this rule.
    public init(_ rule: AccessRule) {
        self.init(
            resource: rule.resource, resourceName: rule.resourceName, pattern: rule.pattern,
            principal: rule.principal, host: rule.host, operation: rule.operation, permission: rule.permission)
    }
}
