// SPDX-License-Identifier: Apache-2.0

extension ConfigurationSchema {
    private typealias Key = ConfigurationKey

    /// Tern's own: failing over without a person.
    static let failoverKeys: [ConfigurationKey] = [
        Key(
            "failover.controller", .flow, .choice(FailoverConfiguration.Controller.allCases.map(\.rawValue)),
            .value("off"), origin: .tern,
            "Whether daemons fail over by themselves when the source is lost (docs/failover.md, \"The controller\"). Write "
                + "S->T.failover.controller = on."),
        Key(
            "failover.check.interval.seconds", .flow, .duration(.seconds, 1...3600), .value("30"), origin: .tern,
            "How often the controller checks the source: a record is written to it and read back."),
        Key(
            "failover.failure.threshold", .flow, .integer(1...1000), .value("3"), origin: .tern,
            "Checks in a row that must fail before the controller fails over. Checks while the target is not seen do not count."
        ),
        Key(
            "failover.recovery.threshold", .flow, .integer(1...100_000), .value("10"), origin: .tern,
            "Checks in a row that must succeed before the source counts as recovered."),
        Key(
            "failover.hooks", .flow, .text, .absent("no hooks"), origin: .tern,
            "Commands that run one after the other when the groups are on the target, such as a change of DNS: separated by commas, "
                + "their words by blanks, with '…' and \"…\" as in a shell, which does not read them. Each begins with an absolute "
                + "path and has JSON on its standard input."),
        Key(
            "failover.hook.timeout.seconds", .flow, .duration(.seconds, 1...86_400), .value("60"), origin: .tern,
            "How long a hook may take; then it is ended, with all that it started, and the next one runs."),
        Key(
            "failover.report.dir", .flow, .text, .absent("$XDG_STATE_HOME/tern/failovers"), origin: .tern,
            "Where the controller keeps its reports."),
        Key(
            "failback.mode", .flow, .choice(FailoverConfiguration.Failback.allCases.map(\.rawValue)), .value("manual"),
            origin: .tern,
            "What follows when the source has recovered. manual: an event asks a person. auto: failback.prepare.hooks, the steps of "
                + "a failback, failback.hooks. auto needs the flow in the other direction."),
        Key(
            "failback.prepare.hooks", .flow, .text, .absent("no hooks"), origin: .tern,
            "Commands, as `failover.hooks`, that run before groups are moved back: they stop the applications on the target, whose logs "
                + "must stand still then."),
        Key(
            "failback.hooks", .flow, .text, .absent("no hooks"), origin: .tern,
            "Commands, as `failover.hooks`, that run when the groups are back on the source."),
    ]
}
