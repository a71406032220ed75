// SPDX-License-Identifier: Apache-2.0
import Mirroring
import TernConfiguration

extension FailoverConfiguration {
    var controllerSettings: FailoverController.Settings {
        FailoverController.Settings(
            failureThreshold: failureThreshold, recoveryThreshold: recoveryThreshold,
            hooks: [
                .failover: hooks.map(\.text), .prepare: prepareHooks.map(\.text), .failback: failbackHooks.map(\.text),
            ], failsBack: failback == .auto)
    }

    func commands(of stage: FailoverController.HookStage) -> [HookCommand] {
        switch stage {
        case .failover: hooks
        case .prepare: prepareHooks
        case .failback: failbackHooks
        }
    }
}
