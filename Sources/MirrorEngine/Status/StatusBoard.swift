// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Synchronization
import Telemetry

/// Holds the one value that everything people see is rendered from.
final class StatusBoard: Sendable {
    private let status: Mutex<MirrorStatus>

    init(version: String, flows: [FlowConfiguration], region: String) {
        let now = WallClock.milliseconds()
        var first = MirrorStatus(version: version, startedAt: now)
        first.regionCheck.region = region
        first.flows = flows.filter(\.isEnabled).map {
            FlowStatus(name: $0.name, isEnabled: true, state: .starting, since: now)
        }
        status = Mutex(first)
    }

    var current: MirrorStatus { status.withLock { $0 } }

    func update(_ change: (inout MirrorStatus) -> Void) {
        status.withLock { status in
            change(&status)
            status.generatedAt = WallClock.milliseconds()
        }
    }

    func update(_ name: FlowName, _ change: (inout FlowStatus) -> Void) {
        update { status in
            guard let place = status.flows.firstIndex(where: { $0.name == name }) else { return }
            let before = status.flows[place].state
            change(&status.flows[place])
            if status.flows[place].state != before { status.flows[place].since = WallClock.milliseconds() }
        }
    }
}
