// SPDX-License-Identifier: Apache-2.0

extension FlowReader {
    /// `failover.*` and `failback.*`.
    func failover(_ problems: inout ProblemCollector) -> FailoverConfiguration {
        var failover = FailoverConfiguration()
        failover.controller = values.choice("failover.controller", &problems, or: .off)
        failover.checkInterval = values.duration("failover.check.interval.seconds", &problems)
        failover.failureThreshold = Int(values.integer("failover.failure.threshold", &problems))
        failover.recoveryThreshold = Int(values.integer("failover.recovery.threshold", &problems))
        failover.hookTimeout = values.duration("failover.hook.timeout.seconds", &problems)
        failover.failback = values.choice("failback.mode", &problems, or: .manual)
        failover.hooks = hooks("failover.hooks", &problems)
        failover.prepareHooks = hooks("failback.prepare.hooks", &problems)
        failover.failbackHooks = hooks("failback.hooks", &problems)
        if let folder = values.text("failover.report.dir"), let value = values.value("failover.report.dir") {
            if folder.hasPrefix("/") {
                failover.reportFolder = folder
            } else {
                problems.error(value, "\(value.shown) is not the absolute path of a folder")
            }
        }
        return failover
    }

    private func hooks(_ key: String, _ problems: inout ProblemCollector) -> [HookCommand] {
        guard let value = values.value(key) else { return [] }
        do throws(HookCommand.Problem) { return try HookCommand.list(value.text) } catch {
            problems.error(value, "the value \(error.reason)")
            return []
        }
    }
}
