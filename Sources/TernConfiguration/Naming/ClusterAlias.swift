// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What the properties file calls a cluster. Free text: MirrorMaker's parser takes anything between two commas.
public struct ClusterAlias: ByteComparedName {
    public let rawValue: String
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// One direction of mirroring, `source->target`.
public struct FlowName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let source: ClusterAlias
    public let target: ClusterAlias

    public init(source: ClusterAlias, target: ClusterAlias) {
        self.source = source
        self.target = target
    }

    /// `source->target`, as the properties file writes it.
    public var description: String { "\(source)->\(target)" }

    public static func < (left: FlowName, right: FlowName) -> Bool {
        left.source == right.source ? left.target < right.target : left.source < right.source
    }
}
