// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// The failover controller of one flow in one process. Rows of the control topic on the target say which process acts and how far it
/// is; it lives beside the flow, which does not even start while the source is lost.
///
/// Before an action it writes what it is about to do and reads that back: of two processes that both believe that they may act, one
/// finds the other's row before its own.
actor FailoverKeeper {
    /// For one row, written or read.
    static let limit = Duration.seconds(10)

    let flow: FlowConfiguration
    let mirror: MirrorConfiguration
    let settings: FailoverConfiguration
    let environment: MirrorEnvironment
    let log: Log
    private let board: StatusBoard
    private let desk: ControlDesk
    private let check: RegionCheck
    private var lease: FailoverLease
    /// While this process acts.
    var controller: FailoverController?
    private var epoch: Int64 = 0
    private var rearmedUpTo: Int64 = -1
    private var isEnded = false
    var progress = CopyWatch()
    private var status: FailoverControllerStatus
    private let limiter = LogLimiter()

    init(
        _ flow: FlowConfiguration, of mirror: MirrorConfiguration, source: ClusterConfiguration,
        _ sourceHandle: Cluster,
        target: Cluster, environment: MirrorEnvironment, board: StatusBoard, log: Log
    ) {
        self.flow = flow
        self.mirror = mirror
        settings = flow.failover
        self.environment = environment
        self.board = board
        self.log = log.with([.flow(flow.name)])
        desk = ControlDesk(flow, target: target.admin, within: Self.limit)
        check = RegionCheck(mirror.health, of: source, sourceHandle, environment: environment)
        let me = "\(HostName.current)/\(ProcessName.id)/\(UInt32.random(in: 0 ... .max))"
        lease = FailoverLease(me: me, patience: max(flow.failover.checkInterval * 3, .seconds(5)))
        status = FailoverControllerStatus(state: .init(since: WallClock.milliseconds()))
    }

    static func jobName(_ flow: FlowName) -> String { "failover \(flow)" }

    /// - Parameter keeper: the one that is there at that time.
    static func job(_ flow: FlowConfiguration, _ keeper: @escaping @Sendable () -> FailoverKeeper?) -> Job {
        let settings = flow.failover
        let hooks = settings.hooks.count + settings.prepareHooks.count + settings.failbackHooks.count
        return Job(
            name: jobName(flow.name), interval: settings.checkInterval,
            // Groups are moved within a round, for which producers and copies are waited for.
            limit: .seconds(1800) + settings.hookTimeout * hooks,
            round: { await keeper()?.round() ?? .over })
    }

    // MARK: a round

    func round() async -> Job.Outcome {
        guard !isEnded else { return .done }
        let table: ControlTable
        do { table = try await desk.orders() } catch { return blind("\(error)") }
        status.pause = table.failoverPause
        let row = table.failover
        switch lease.look(row?.row, at: row?.position, now: environment.clock.sinceStart()) {
        case .other(let owner):
            follow(row?.row, owner)
            return .done
        case .free(let epoch):
            guard await claim(epoch, row?.row) else { return .done }
        case .mine: break
        }
        takeOrders(table)
        // A row at each check shows the others that this process lives, and this process that it sees the target.
        guard await isConfirmed() else { return lostOrBlind() }
        await renewing { await self.checkSource() }
        await act()
        publish()
        return .done
    }

    /// Another process acts.
    private func follow(_ row: FailoverRow?, _ owner: String) {
        if controller != nil {
            log.warning(.failoverOwnershipLost, [LogField("owner", owner)])
            controller = nil
        }
        if let row { status.state = row.state }
        status.owner = owner
        status.problem = nil
        publish()
    }

    private func claim(_ epoch: Int64, _ row: FailoverRow?) async -> Bool {
        let now = WallClock.milliseconds()
        var controller = FailoverController(row?.state ?? .init(since: now), flow.failover.controllerSettings)
        _ = controller.take(.ownership(true), at: now)
        self.controller = controller
        self.epoch = epoch
        rearmedUpTo = row?.rearmedUpTo ?? -1
        guard await isConfirmed() else {
            // Another was first, or the target is not seen.
            self.controller = nil
            publish()
            return false
        }
        log.info(
            .failoverOwner,
            [LogField("epoch", epoch), LogField("state", controller.state.phase.rawValue)]
                + (row?.owner.map { [LogField("previous", $0)] } ?? []))
        return true
    }

    private func takeOrders(_ table: ControlTable) {
        take(.paused(table.failoverPause != nil))
        guard let rearm = table.failoverRearm, rearm.position > rearmedUpTo else { return }
        rearmedUpTo = rearm.position
        take(.rearmed)
    }

    // MARK: the row

    private var row: FailoverRow? {
        controller.map { controller in
            var row = FailoverRow(
                epoch: epoch, owner: lease.me, at: WallClock.milliseconds(), state: controller.state)
            row.rearmedUpTo = rearmedUpTo
            return row
        }
    }

    /// Writes how far it is, and reads back whether this process is still the one that acts.
    private func isConfirmed() async -> Bool {
        guard !isEnded, let row else { return false }
        do {
            try await desk.order(.init(.failover, .flow), ControlRow.value(row))
            let table = try await desk.orders()
            guard let found = table.failover?.row, found.epoch == epoch, found.owner == lease.me else {
                status.owner = table.failover?.row.owner
                controller = nil
                return false
            }
            return true
        } catch {
            status.problem = "\(flow.name.target) is not seen: \(error)"
            return false
        }
    }

    private func lostOrBlind() -> Job.Outcome {
        guard controller == nil else { return blind(status.problem ?? "the target is not seen") }
        log.warning(.failoverOwnershipLost, [LogField("owner", status.owner ?? "unknown")])
        publish()
        return .done
    }

    /// A process that does not see the target may be the one that is cut off: it does not count what it sees of the source.
    private func blind(_ reason: String) -> Job.Outcome {
        take(.inconclusive(reason))
        status.problem = "\(flow.name.target) is not seen, so checks of \(flow.name.source) do not count: \(reason)"
        if limiter.admit("blind") != nil {
            log.warning(.failoverBlind, [.cluster(flow.name.target), .reason(reason)])
        }
        publish()
        return .failed(status.problem ?? reason)
    }

    // MARK: checks

    private func checkSource() async {
        status.problem = nil
        switch await check.look() {
        case .silent(let reason): take(.bad(reason))
        case .refused(let reason): inconclusive(reason)
        case .checked(let checks):
            guard let failed = checks.first(where: { !$0.isHealthy }) else {
                take(.good(isCaughtUp: await isCaughtUp()))
                return
            }
            if failed.isRefused { inconclusive(failed.detail) } else { take(.bad(failed.detail)) }
        }
    }

    private func inconclusive(_ reason: String) {
        take(.inconclusive(reason))
        status.problem = "\(flow.name.source) answers and refuses the check: \(reason)"
        if limiter.admit("refused") != nil {
            log.warning(.failoverCheckRefused, [.cluster(flow.name.source), .reason(reason)])
        }
    }

    /// Asked only where something depends on it.
    private func isCaughtUp() async -> Bool {
        guard let phase = controller?.state.phase, [.failedOver, .recovering, .recovered].contains(phase) else {
            progress = CopyWatch()
            return false
        }
        return await looksCaughtUp()
    }

    // MARK: actions

    private func act() async {
        while let action = controller?.due {
            take(.began)
            guard await isConfirmed() else {
                // The next round finds out who acts; where it is still this process, the action is due again.
                take(.ownership(controller != nil))
                return
            }
            let event = await renewing { await self.perform(action) }
            guard controller != nil, !isEnded else { return }
            take(event)
            publish()
            guard await isConfirmed() else { return }
        }
    }

    /// Others must see that this process lives while a check, or an action, takes its time.
    private func renewing<Value>(_ body: () async -> Value) async -> Value {
        let interval = settings.checkInterval
        let task = Task {
            while !Task.isCancelled {
                try? await ContinuousClock().sleep(for: interval)
                if !Task.isCancelled { await self.renew() }
            }
        }
        let value = await body()
        task.cancel()
        await task.value
        return value
    }

    private func renew() async {
        guard !isEnded, let row else { return }
        try? await desk.order(.init(.failover, .flow), ControlRow.value(row))
        publish()
    }

    private func take(_ event: FailoverController.Event) {
        guard controller != nil else { return }
        let notices = controller?.take(event, at: WallClock.milliseconds()) ?? []
        for notice in notices { tell(notice) }
        if let violation = controller?.violation { log.error(.failoverInternal, [.reason(violation)]) }
    }

    func countFailedHook() { status.failedHooks += 1 }

    func publish() {
        status.isOwner = controller != nil
        if let controller {
            status.state = controller.state
            status.owner = lease.me
        }
        let status = status
        board.update(flow.name) { $0.failover = status }
    }

    // MARK: the end

    /// Lets another process act at once. An action that is under way is done again by it.
    func end() async {
        guard !isEnded else { return }
        var last = row
        isEnded = true
        if last != nil {
            last?.owner = nil
            if let last { try? await desk.order(.init(.failover, .flow), ControlRow.value(last)) }
        }
        controller = nil
        check.close()
        await desk.close()
    }
}
