// SPDX-License-Identifier: Apache-2.0
import KafkaTypes

/// Lanes that are given and taken by whoever holds this, as a group on the target would: for tests of one flow, in which
/// the moment counts.
public final class GivenLanes: LaneOwnership {
    let events: AsyncStream<OwnershipEvent>
    private let stream: AsyncStream<OwnershipEvent>.Continuation

    public init() { (events, stream) = AsyncStream.makeStream() }

    /// From here on these lanes are the flow's.
    public func give(_ lanes: [Int]) { stream.yield(.assigned(lanes)) }

    /// Takes these lanes away; returns when they have drained.
    public func take(_ lanes: [Int]) async {
        let (released, release) = AsyncStream<Void>.makeStream()
        stream.yield(.revoked(lanes, isLost: false) { release.finish() })
        for await _ in released {}
    }

    func share(_ topic: TopicName, instance: String) {}

    func leave() async { stream.finish() }
}
