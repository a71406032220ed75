// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Platform
import Synchronization

/// Which lanes of a flow this process runs.
enum OwnershipEvent: Sendable {
    case assigned([Int])
    /// These lanes belong to somebody else as soon as `release` is called: first they must have drained. Where they are
    /// lost, another daemon may run them already.
    case revoked([Int], isLost: Bool, release: @Sendable () -> Void)
    case failed(KafkaError)
}

/// How lanes are shared between the daemons that run a flow.
protocol LaneOwnership: Sendable {
    var events: AsyncStream<OwnershipEvent> { get }
    /// Gives the lanes up and takes what it is given of another topic.
    /// - Parameter instance: the group's name of this daemon, which is another for each topic.
    func share(_ topic: TopicName, instance: String)
    /// Gives the lanes up and ends; returns when that is done.
    func leave() async
}

/// All lanes, for as long as the process runs: mock clusters and demonstrations, where nobody shares.
struct SoleOwnership: LaneOwnership {
    let events: AsyncStream<OwnershipEvent>

    init(laneCount: Int) {
        events = AsyncStream { stream in
            stream.yield(.assigned(Array(0..<laneCount)))
        }
    }

    func share(_ topic: TopicName, instance: String) {}

    func leave() async {}
}

/// Kafka's own group protocol, on the target: each lane is one partition of a small topic, and owning the partition is
/// running the lane.
///
/// Members are static: a daemon that comes back within the session timeout, even after `kill -9`, has its lanes in
/// milliseconds and disturbs nobody. The instance id comes from `InstanceSlot`, which two living processes never share.
final class GroupOwnership: LaneOwnership {
    let events: AsyncStream<OwnershipEvent>
    private let stream: AsyncStream<OwnershipEvent>.Continuation
    private let mailbox: Mailbox<Message>
    private let ended: AsyncStream<Void>
    /// Of the member that the thread polls.
    private let interrupter = Mutex<Interrupter?>(nil)

    private enum Message: Sendable {
        case released(Revocation)
        case share(Place)
        case leave
    }

    /// Lanes that are being given up; an answer to an earlier one counts for nothing.
    private struct Revocation: Sendable {
        var partitions: [TopicPartition]
        let id = UInt64.random(in: .min ... .max)
    }

    /// What a member takes its share of, and by which name the group knows it.
    private struct Place: Sendable {
        var topic: TopicName
        var instance: String
    }

    /// Why a member serves no longer.
    private enum Ending {
        /// For good.
        case leaves
        /// Another takes its place: here, where it was fenced, or elsewhere.
        case replaced(Place)
    }

    init(
        properties: ClientProperties, topic: TopicName, instance: String, group: GroupID, traffic: ClientTraffic
    ) {
        (events, stream) = AsyncStream.makeStream()
        mailbox = Mailbox()
        let (ended, endedStream) = AsyncStream<Void>.makeStream()
        self.ended = ended
        var properties = properties
        properties["group.id"] = group.rawValue
        properties["partition.assignment.strategy"] = "range"
        // The least that brokers allow unless told otherwise (group.min.session.timeout.ms).
        properties["session.timeout.ms"] = "6000"
        properties["heartbeat.interval.ms"] = "1500"
        // A topic that could not be seen, as before its permission was granted, or that grew, is looked at this often.
        properties["topic.metadata.refresh.interval.ms"] = "5000"
        let clientID = "tern|\(group)"
        let body: @Sendable () -> Void = { [self, properties] in
            run(properties, clientID, Place(topic: topic, instance: instance), traffic)
            endedStream.finish()
        }
        // The thread ends by itself after `leave`; `ended` is what is waited for, so it need not be joined by its maker.
        Task { await runOnOwnThread(name: "ownership", body) }
    }

    func share(_ topic: TopicName, instance: String) { post(.share(Place(topic: topic, instance: instance))) }

    func leave() async {
        post(.leave)
        for await _ in ended {}
        stream.finish()
    }

    private func post(_ message: Message) {
        mailbox.post(message)
        interrupter.withLock { $0?.interrupt() }
    }

    private func run(_ properties: ClientProperties, _ clientID: String, _ first: Place, _ traffic: ClientTraffic) {
        var place = first
        while true {
            do throws(KafkaError) {
                var properties = properties
                properties["group.instance.id"] = place.instance
                let member = try GroupMember(properties, clientID: clientID, traffic: traffic)
                try member.subscribe(to: [place.topic])
                interrupter.withLock { $0 = member.interrupter }
                let ending = serve(member, place)
                interrupter.withLock { $0 = nil }
                _ = member.close(by: .now + .seconds(5))
                guard case .replaced(let next) = ending else { return }
                place = next
            } catch {
                stream.yield(.failed(error))
                for message in mailbox.takeAll(within: .seconds(5)) {
                    switch message {
                    case .leave: return
                    case .share(let next): place = next
                    case .released: break
                    }
                }
            }
        }
    }

    private func serve(_ member: GroupMember, _ place: Place) -> Ending {
        var owned: Set<TopicPartition> = []
        var revocation: Revocation?
        /// Where the next member goes once the lanes are released.
        var next: Place?
        var hasJoined = false
        while true {
            if !hasJoined { hasJoined = member.memberID != nil }
            for message in mailbox.takeAll() {
                switch message {
                case .leave: return .leaves
                case .share(let place): next = place
                case .released(let released):
                    guard released.id == revocation?.id else { continue }
                    revocation = nil
                    owned.subtract(released.partitions)
                    _ = try? member.acknowledgeRevoked(released.partitions)
                }
            }
            if let next, revocation == nil {
                guard !owned.isEmpty else { return .replaced(next) }
                revocation = revoke(Array(owned))
            }
            switch member.nextEvent(within: hasJoined ? .seconds(1) : .milliseconds(100)) {
            case .assigned(let partitions):
                _ = try? member.acknowledgeAssigned(partitions)
                owned.formUnion(partitions)
                // What it is given last, before it goes elsewhere, it gives up without having run it.
                if next == nil { stream.yield(.assigned(partitions.map { Int($0.partition) })) }
            case .revoked(let partitions, let isLost):
                revocation = revoke(partitions, isLost: isLost)
            case .failure(let error):
                stream.yield(.failed(error))
                guard error.isFatal else { continue }
                stream.yield(.revoked(owned.map { Int($0.partition) }, isLost: true, release: {}))
                return .replaced(next ?? place)
            case nil:
                break
            }
        }
    }

    private func revoke(_ partitions: [TopicPartition], isLost: Bool = false) -> Revocation {
        let revocation = Revocation(partitions: partitions)
        stream.yield(
            .revoked(partitions.map { Int($0.partition) }, isLost: isLost) { self.post(.released(revocation)) })
        return revocation
    }
}
