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
        case released
        case leave
    }

    init(
        properties: ClientProperties, topic: TopicName, laneCount: Int, group: GroupID, instance: InstanceSlot,
        traffic: ClientTraffic
    ) {
        (events, stream) = AsyncStream.makeStream()
        mailbox = Mailbox()
        let (ended, endedStream) = AsyncStream<Void>.makeStream()
        self.ended = ended
        var properties = properties
        properties["group.id"] = group.rawValue
        // A member that comes back with another number of lanes is another member: all lanes are shared out anew.
        properties["group.instance.id"] = "\(instance.id)|\(group)|\(laneCount)"
        properties["partition.assignment.strategy"] = "range"
        // The least that brokers allow unless told otherwise (group.min.session.timeout.ms).
        properties["session.timeout.ms"] = "6000"
        properties["heartbeat.interval.ms"] = "1500"
        // A topic that could not be seen, as before its permission was granted, or that grew, is looked at this often.
        properties["topic.metadata.refresh.interval.ms"] = "5000"
        let clientID = "tern|\(group)"
        let body: @Sendable () -> Void = { [self, properties] in
            run(properties, clientID, topic, traffic)
            endedStream.finish()
        }
        // The thread ends by itself after `leave`; `ended` is what is waited for, so it need not be joined by its maker.
        Task { await runOnOwnThread(name: "ownership", body) }
    }

    func leave() async {
        post(.leave)
        for await _ in ended {}
        stream.finish()
    }

    private func post(_ message: Message) {
        mailbox.post(message)
        interrupter.withLock { $0?.interrupt() }
    }

    private func run(_ properties: ClientProperties, _ clientID: String, _ topic: TopicName, _ traffic: ClientTraffic) {
        var isLeaving = false
        while !isLeaving {
            do throws(KafkaError) {
                let member = try GroupMember(properties, clientID: clientID, traffic: traffic)
                try member.subscribe(to: [topic])
                interrupter.withLock { $0 = member.interrupter }
                isLeaving = serve(member)
                interrupter.withLock { $0 = nil }
                _ = member.close(by: .now + .seconds(5))
            } catch {
                stream.yield(.failed(error))
                isLeaving = mailbox.takeAll(within: .seconds(5)).contains {
                    if case .leave = $0 { true } else { false }
                }
            }
        }
    }

    /// - Returns: whether the member is to leave for good; else it is replaced, as after being fenced.
    private func serve(_ member: GroupMember) -> Bool {
        var owned: Set<TopicPartition> = []
        var revoked: [TopicPartition] = []
        var hasJoined = false
        while true {
            if !hasJoined { hasJoined = member.memberID != nil }
            for message in mailbox.takeAll() {
                switch message {
                case .leave: return true
                case .released:
                    owned.subtract(revoked)
                    _ = try? member.acknowledgeRevoked(revoked)
                    revoked = []
                }
            }
            switch member.nextEvent(within: hasJoined ? .seconds(1) : .milliseconds(100)) {
            case .assigned(let partitions):
                _ = try? member.acknowledgeAssigned(partitions)
                owned.formUnion(partitions)
                stream.yield(.assigned(partitions.map { Int($0.partition) }))
            case .revoked(let partitions, let isLost):
                revoked = partitions
                stream.yield(
                    .revoked(partitions.map { Int($0.partition) }, isLost: isLost) { self.post(.released) })
            case .failure(let error):
                stream.yield(.failed(error))
                guard error.isFatal else { continue }
                stream.yield(.revoked(owned.map { Int($0.partition) }, isLost: true, release: {}))
                return false
            case nil:
                break
            }
        }
    }
}
