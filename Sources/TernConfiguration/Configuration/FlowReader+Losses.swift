// SPDX-License-Identifier: Apache-2.0
internal import Patterns

extension FlowReader {
    /// `on.data.loss` and its lists.
    func dataLoss(_ cache: inout PatternCache, _ problems: inout ProblemCollector) -> DataLossConfiguration {
        var losses = DataLossConfiguration()
        losses.standard = values.choice("on.data.loss", &problems, or: .halt)
        losses.halt = patterns("on.data.loss.halt", &cache, &problems)
        losses.restart = patterns("on.data.loss.restart", &cache, &problems)
        losses.continue = patterns("on.data.loss.continue", &cache, &problems)
        return losses
    }
}
