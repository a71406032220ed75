// SPDX-License-Identifier: Apache-2.0

extension EventName {
    /// A line of docs/events.md.
    public struct Entry: Sendable {
        public var name: EventName
        /// Most often one.
        public var levels: [LogLevel]
        public var meaning: String
    }

    public struct Section: Sendable {
        public var title: String
        public var entries: [Entry]
    }

    /// All names, by what they are about.
    public static let reference = [
        Section(
            title: "Process, configuration, logins",
            entries: [
                .init(daemonDraining, [.info], "The process was asked to stop; lanes let what is in flight arrive."),
                .init(daemonDrained, [.info], "Everything that was in flight has arrived, and progress is written."),
                .init(
                    configReloaded, [.info],
                    "The file was read again. The fields name the flows that were restarted."),
                .init(logLevelChanged, [.info], "A reload has changed `log.level`."),
                .init(configReloadFailed, [.error], "The file has an error, which is named; nothing was changed."),
                .init(
                    configNeedsRestart, [.warning],
                    "A setting has changed that is read at the start of the process only."),
                .init(httpListening, [.info], "The address where HTTP is answered."),
                .init(httpRefused, [.debug], "A request was answered by an error."),
                .init(adminListening, [.info], "The path of the admin socket."),
                .init(
                    adminAct, [.info, .warning],
                    "Somebody has ordered something by socket or HTTP: who, from where, what, and the outcome."),
                .init(
                    loginFailing, [.warning],
                    "A token cannot be renewed. The old one still holds; when it ends, the cluster is lost."),
                .init(loginRenewed, [.info], "A token was renewed after that had failed."),
                .init(
                    serviceManagerNotTold, [.warning],
                    "The service manager did not take a message; it may think that Tern is still starting."),
                .init(
                    watchdogNotFed, [.error],
                    "A job has stopped turning, so the service manager's watchdog is no longer fed. The field "
                        + "names the job."),
                .init(jobCancelled, [.error], "A round of a job took longer than its limit and was cancelled."),
                .init(
                    metricsDetailReduced, [.info],
                    "There are so many partitions that `/metrics` shows topics instead; `metrics.detail` decides."),
                .init(clientVersion, [.info], "The librdkafka that is loaded, and what it lacks."),
                .init(
                    clientVersionFault, [.warning],
                    "The librdkafka that is loaded has a fault that concerns this file."),
                .init(
                    clientPropertyUnknown, [.warning],
                    "A client setting of the file that this librdkafka does not know; it is left out."),
                .init(
                    clientLog, [.debug],
                    "A line of librdkafka's own log (`log.level=debug`, or a client's `debug`)."),
                .init(httpOpen, [.warning], "Others can reach the listener, and nobody has to log in."),
                .init(
                    loginRefused, [.warning],
                    "A password or token over HTTP that is nobody's; at most a line a minute for each address."),
                .init(webConfigLoaded, [.info], "`web.config.file` was read again, and holds."),
                .init(
                    webConfigFailed, [.error],
                    "`web.config.file` has an error, which is named; what held before holds on."),
                .init(webConfigWarning, [.warning], "Something in `web.config.file` that may not be meant."),
                .init(
                    peerLost, [.warning],
                    "A daemon of `dashboard.peers` does not answer, or with nothing that can be read; the reason says which."
                ),
                .init(peerHeard, [.info], "A daemon of `dashboard.peers` answers: the first time, or again."),
                .init(regionDrained, [.warning], "Somebody has taken the region out of service: `/health` fails."),
                .init(regionUndrained, [.warning], "The region is in service again."),
            ]),
        Section(
            title: "Clusters",
            entries: [
                .init(clusterUp, [.info], "The cluster answers."),
                .init(
                    clusterDown, [.warning],
                    "The cluster does not answer, or refuses the login; the reason is the client's."),
                .init(clusterChanged, [.error], "Another cluster answers at the address."),
                .init(clusterTwoAliases, [.error], "Two aliases of the file name one cluster; the process ends."),
            ]),
        Section(
            title: "Flows and lanes",
            entries: [
                .init(flowWaiting, [.warning], "A flow cannot start yet; the reason says what it waits for."),
                .init(flowStarted, [.info], "A flow has made its internal topics and looked at its clusters."),
                .init(flowFailed, [.error], "A flow cannot run."),
                .init(
                    flowClusterChanged, [.error],
                    "Another cluster answers, so the flow has stopped before anything was mixed."),
                .init(
                    flowClusterBack, [.info],
                    "The cluster that the flow was started with answers again; the flow goes on."),
                .init(flowPaused, [.warning], "Somebody has paused the flow, a topic or a partition."),
                .init(flowResumed, [.info], "A pause has ended."),
                .init(flowRestarted, [.info], "A person's order to restart was carried out."),
                .init(lanesAssigned, [.info], "The group has given lanes to this daemon."),
                .init(lanesRevoked, [.info], "Lanes were taken away; `lost` if the group gave up on this daemon."),
                .init(lanesCountChanged, [.info], "Another number of lanes is shared out, as for another `tasks.max`."),
                .init(
                    lanesOwnership, [.warning],
                    "The group that shares lanes out has trouble, which the reason names."),
                .init(lanesTopic, [.info], "The topic by which lanes are shared out was made, or has grown."),
                .init(laneStarted, [.info], "A lane copies its partitions."),
                .init(laneFenced, [.debug], "Exactly once: a lane has taken its transactional id."),
                .init(laneStartFailed, [.warning], "Lanes cannot start; it is tried again."),
                .init(laneRestarting, [.warning], "A lane has ended and is started again."),
                .init(
                    laneReplaced, [.warning],
                    "Exactly once: a lane starts again from what is stored, since somebody else has written, or "
                        + "its client was shut out."),
                .init(
                    laneTransactionFailed, [.warning],
                    "Exactly once: no transaction can be made; the reason says what to grant or change."),
                .init(
                    laneNotDrained, [.warning, .error],
                    "A lane did not end in time: what it had not confirmed is copied again."),
                .init(laneAssignFailed, [.warning], "The consumer did not take its partitions."),
                .init(
                    laneConnectionFailed, [.warning],
                    "One of several connections to the source could not be made; its partitions stay on another."),
                .init(laneConsumerLeft, [.warning], "A lane's consumer did not end in time and was left to itself."),
                .init(laneFetchFailed, [.warning], "The source refused to be read, for a partition or as a whole."),
                .init(laneProducerFailed, [.warning], "A producer could not be made or has died; it is replaced."),
                .init(controlFailed, [.warning], "Pauses and orders cannot be read; those that are known hold on."),
            ]),
        Section(
            title: "Topics and access rules",
            entries: [
                .init(topicCreated, [.info], "A topic was made on the target."),
                .init(topicCreateFailed, [.warning], "A topic cannot be made on the target."),
                .init(topicGrown, [.info], "A topic on the target has got the partitions that the source has."),
                .init(topicGrowFailed, [.warning], "A topic on the target cannot get more partitions."),
                .init(topicNotCreated, [.warning], "An internal topic cannot be made; what needs it rests."),
                .init(topicGone, [.warning], "A topic is no longer on the source. Its copy is kept."),
                .init(
                    topicMorePartitions, [.warning],
                    "The target's topic has more partitions than the source's: those stay empty."),
                .init(topicReadsAsCycle, [.warning], "A topic is left out, because its name reads as a copy's."),
                .init(
                    topicSameTarget, [.warning],
                    "A topic is left out, because another is mirrored into the same one."),
                .init(topicUndecided, [.error], "A selected topic is not mirrored; the reason says why."),
                .init(
                    topicDiscardsTimestamps, [.warning],
                    "The target's topic replaces timestamps (`message.timestamp.type=LogAppendTime`)."),
                .init(topicSettingChanged, [.info], "A setting was brought in step with the source's."),
                .init(topicSettingNotSynced, [.warning], "A setting is not kept in step; the reason says why."),
                .init(
                    topicSettingsRefused, [.warning],
                    "A topic was made without the source's settings, which the target refuses."),
                .init(
                    topicSettingsUnknown, [.warning],
                    "A topic was made with the target's defaults, since the source's settings cannot be read."),
                .init(topicSyncFailed, [.warning], "Settings cannot be compared or changed."),
                .init(
                    topicTargetLimit, [.info, .warning],
                    "A limit of the target's topic would refuse records that the source takes."),
                .init(topicsRefreshFailed, [.warning], "The look at all topics failed; it is tried again."),
                .init(accessRuleAdded, [.info], "An access rule was added on the target."),
                .init(accessRuleNotSynced, [.warning], "An access rule could not be added."),
                .init(accessNoRules, [.info], "The source tells no access rules."),
                .init(accessSecurityDisabled, [.info], "The target has no authorizer; no access rules are added."),
                .init(accessSyncFailed, [.warning], "Access rules cannot be read."),
            ]),
        Section(
            title: "Partitions and records",
            entries: [
                .init(
                    partitionStopped, [.error],
                    "A partition cannot go on; the reason has the state and the command that ends it."),
                .init(partitionResumed, [.info], "A partition that had stopped goes on."),
                .init(
                    logShrunk, [.warning],
                    "The source's log has become shorter; what is mirrored is proved before more is copied."),
                .init(
                    recordQuarantined, [.warning],
                    "A record that the target refuses for good was set aside (`errors.tolerance=all`)."),
                .init(
                    spansNotExported, [.warning],
                    "The collector of `tracing.otlp.endpoint` is not reached, or takes no spans; the reason says why."),
                .init(progressSet, [.warning], "A person's order to set progress was carried out."),
                .init(
                    progressRefused, [.warning],
                    "A person's order to set progress was refused; the reason says why."),
                .init(progressPolicyUnknown, [.info], "Whether the progress topic is compacted cannot be seen."),
                .init(lossRecorded, [.error], "An event that lost records, or may have, is in the ledger."),
                .init(lossContinued, [.warning], "After a loss a partition goes on where `on.data.loss` says."),
                .init(lossEnded, [.info], "An event of the ledger is over."),
                .init(
                    ledgerNotWritten, [.warning],
                    "The ledger cannot be written; the partitions that need a row wait."),
            ]),
        Section(
            title: "Consumer groups",
            entries: [
                .init(
                    groupNotCommitted, [.warning],
                    "A flow's own position on the source could not be committed (`source.group.id`)."),
                .init(
                    groupNotTranslated, [.warning],
                    "A group's offsets could not be translated or written; the reason says why."),
                .init(groupUndecided, [.warning], "Whether a group may be written on the target cannot be seen."),
                .init(groupsNotListed, [.warning], "The source's groups cannot be listed."),
                .init(groupsNotTranslated, [.warning], "No group is translated for now."),
                .init(groupsNotSynchronized, [.warning], "No group's offsets are written on the target for now."),
                .init(heartbeatNotWritten, [.warning], "A heartbeat could not be written."),
                .init(
                    offsetMapNotRead, [.warning],
                    "The stored offset map cannot be read; offsets are found by the records' headers."),
                .init(offsetSyncsNotWritten, [.warning], "MirrorMaker's offset syncs cannot be written."),
            ]),
        Section(
            title: "Failover controller",
            entries: [
                .init(
                    failoverOwner, [.info],
                    "This daemon acts for a flow (`failover.controller=on`); others stand by."),
                .init(failoverOwnershipLost, [.warning], "Another daemon acts for the flow now."),
                .init(failoverSuspected, [.warning], "A check of the source failed, fewer times than the threshold."),
                .init(failoverCleared, [.info], "The source answers again before the threshold was reached."),
                .init(
                    failoverBlind, [.warning],
                    "The target is not seen either: this daemon may be the one that is cut off, and does nothing."),
                .init(
                    failoverCheckRefused, [.warning],
                    "The source refuses the record of the check, which says nothing about its health."),
                .init(failoverBegun, [.error], "The source is given up: groups are moved to the target."),
                .init(failoverFailed, [.error], "The move did not get done; it is tried again after the next check."),
                .init(failoverDone, [.error], "Groups are moved and hooks have run. The field names the report."),
                .init(failoverGivenUp, [.warning], "The source answers again, and nothing had been moved."),
                .init(failoverHookStarted, [.info], "A hook runs."),
                .init(failoverHookDone, [.info], "A hook ended with status 0."),
                .init(
                    failoverHookFailed, [.error],
                    "A hook failed, was killed at its time-out, or could not be started; the next ones run all the "
                        + "same."),
                .init(failoverRecovering, [.info], "The source answers again after a failover."),
                .init(failoverLostAgain, [.error], "The source is lost again."),
                .init(
                    failoverRecovered, [.warning],
                    "The source is well and everything is copied: a person is asked to fail back."),
                .init(failoverRearmed, [.warning], "A person has armed the controller again."),
                .init(failoverInternal, [.error], "The controller has broken a rule of its own: report it."),
                .init(failbackBegun, [.warning], "Failing back has begun (`failback.mode=auto`)."),
                .init(
                    failbackFailed, [.error],
                    "The move back did not get done; it is tried again after the next check."),
                .init(failbackDone, [.warning], "Groups are back on the source."),
            ]),
    ]
}

extension EventName.Entry {
    fileprivate init(_ name: EventName, _ levels: [LogLevel], _ meaning: String) {
        self.init(name: name, levels: levels, meaning: meaning)
    }
}
