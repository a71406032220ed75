// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
public import TernConfiguration
internal import KafkaTypes

/// The room that a mirrored topic's `max.message.bytes` has above its source's, for the headers that Tern adds: the
/// largest record that the source accepts must fit on the target with them.
///
/// The room belongs to the wanted value: syncing writes it, and neither sync nor `diff` nor `plan` takes it away.
public struct MessageRoom: Sendable, Hashable {
    /// What the headers of one hop may take.
    public static let bytesPerHop = HeaderRoom.reserved
    /// The setting that the room is of.
    public static let setting = "max.message.bytes"

    /// How far below the source's the target's limit may be. More than 0 only where the target's records come back to the
    /// source under the same name: the source's limit then holds room for hops itself, and adding to it again at every
    /// turn would let both grow for ever.
    public let slack: Int64

    public init(slack: Int64 = 0) { self.slack = slack }

    /// The room of a flow that keeps names, among the flows of the same file that do: with slack when records can come
    /// back from the target to the source.
    public init(of flow: FlowName, amongFlowsKeepingNames flows: some Sequence<FlowName>) {
        let all = Array(flows)
        var reached: Set<ClusterAlias> = [flow.target]
        var pending = [flow.target]
        while let cluster = pending.popLast() {
            for next in all where next.source == cluster && reached.insert(next.target).inserted {
                pending.append(next.target)
            }
        }
        slack = reached.contains(flow.source) ? Int64(reached.count) * Self.bytesPerHop : 0
    }

    /// The target's limit for a source's, no larger than Kafka can hold.
    public func wanted(forSource limit: Int64) -> Int64 { min(limit + Self.bytesPerHop, Int64(Int32.max)) }

    /// Whether a target's limit needs no change. In a loop limits are only raised, so that all of them come to rest.
    public func accepts(target: Int64, forSource limit: Int64) -> Bool {
        slack > 0 ? target >= limit - slack : target == wanted(forSource: limit)
    }

    /// Whether a target's limit is some other limit with the room added, or that limit itself.
    public func isRoomOnly(target: Int64, above limit: Int64) -> Bool {
        target == limit || accepts(target: target, forSource: limit) && target <= limit + Self.bytesPerHop + slack
    }
}
