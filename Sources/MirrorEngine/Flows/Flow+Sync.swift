// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Telemetry

/// Keeping settings and access rules of the target's topics in step, and telling what came of it.
extension Flow {
    // MARK: settings

    func compareConfigurations() async -> Job.Outcome {
        do { try await verifyClusters() } catch { return .failed("\(error)") }
        let report = await configurationSync.run(Array(topics.values))
        // Given away while the round was under way: the next owner measures.
        drift = lanes.owned.contains(0) ? report.drift : [:]
        tell(report)
        return report.failures.first.map { .failed($0.reason) } ?? .done
    }

    private func tell(_ report: TopicConfigurationSyncJob.Report) {
        for change in report.changes { note(change) }
        for exception in report.exceptions { note(exception) }
        for failure in report.failures {
            counters.topicSyncErrors += 1
            guard limiter.admit("sync \(failure.topic?.rawValue ?? "") \(failure.code)") != nil else { continue }
            var fields: [LogField] = [.cluster(name.target), .code(failure.code), .reason(failure.reason)]
            if let topic = failure.topic { fields.append(.topic(topic)) }
            log.warning(.topicSyncFailed, fields)
        }
    }

    private func note(_ change: TopicConfigurationSyncJob.Report.Change) {
        let operation =
            switch change.change {
            case .set: "set_config"
            case .delete: "delete_config"
            }
        counters.topicSyncChanges[operation, default: 0] += 1
        log.info(
            .topicSettingChanged,
            [
                .topic(change.topic.target), .cluster(name.target), LogField("operation", operation),
                LogField("setting", change.change.name), LogField("was", change.was ?? "unknown"),
                LogField("is", change.now ?? "unknown"),
            ])
    }

    private func note(_ exception: TopicConfigurationSyncJob.Report.Exception) {
        warnOnce(
            "sync \(exception.topic) \(exception.setting) \(exception.reason)", .topicSettingNotSynced,
            "\(exception.setting) of \(exception.topic) on \(name.target) is not kept in step: \(exception.reason)",
            exception.topic)
    }

    /// The settings of topics that are about to be created on the target.
    func creationSettings(_ topics: [MirroredTopic]) async -> [TopicName: [(String, String)]] {
        guard environment.describesConfigurations,
            let described = try? await source.admin.describeConfigurations(
                topics: topics.map(\.source), within: configuration.adminTimeout)
        else { return [:] }
        let rules = await configurationSync.rules(for: described.values.compactMap { try? $0.get() })
        let known = await settingsKnownToTarget()
        let defaults = known?.compactMapValues(\.brokersValue)
        var settings: [TopicName: [(String, String)]] = [:]
        for topic in topics {
            switch described[topic.source] {
            case .success(let entries):
                let created = CreatedTopicSettings(
                    source: entries, rules: rules, targetKnows: known.map { Set($0.keys) },
                    targetDefaults: defaults ?? [:], replicationFactor: configuration.replicationFactor)
                settings[topic.source] = created.settings.map { ($0.name, $0.value) }
                for (setting, exception) in created.exceptions where exception.isWorthNaming {
                    note(.init(topic: topic.target, setting: setting, reason: exception.reason))
                }
            case .failure(let error):
                warnOnce(
                    "describe \(topic.source)", .topicSettingsUnknown,
                    "\(topic.source) is created with the target's defaults: \(error.reason)", topic.source)
            case nil: continue
            }
        }
        return settings
    }

    /// The settings that the target's brokers have words for, read off the topic that every flow has there.
    private func settingsKnownToTarget() async -> [String: ConfigurationEntry]? {
        let topic = configuration.progressTopic.name
        let described = try? await target.admin.describeConfigurations(
            topics: [topic], within: configuration.adminTimeout)
        guard let entries = described?[topic].flatMap({ try? $0.get() }), !entries.isEmpty else { return nil }
        return Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
    }

    // MARK: limits

    /// Before a topic is first copied: which of its records the target would refuse, or delete at once. Where settings are
    /// kept in step, those that would do harm are written now: the first round comes when records flow already.
    /// - Parameters:
    ///   - new: not checked yet.
    ///   - present: the target's topics.
    func checkLimits(
        _ new: [MirroredTopic], _ present: [TopicDescription], _ settings: DescribedTopics
    ) async {
        guard !new.isEmpty else { return }
        let factors = Dictionary(
            present.map { ($0.name, ObservedTopic($0, settings: []).replicationFactor) },
            uniquingKeysWith: { first, _ in first })
        var found = limitFindings(new, settings, factors)
        let harmed = new.filter { !(found[$0.source] ?? []).isEmpty }
        // In a pair, who is right is for a round to decide that knows both flows.
        if configuration.topicSync.synchronizesConfigurations, !isMutual, !harmed.isEmpty {
            tell(await configurationSync.run(harmed, isAll: false))
            async let sources = self.settings(of: harmed.map(\.source), on: source)
            async let targets = self.settings(of: harmed.map(\.target), on: target)
            found.merge(limitFindings(harmed, await DescribedTopics(sources: sources, targets: targets), factors)) {
                $1
            }
        }
        for topic in new {
            guard let findings = found[topic.source] else { continue }
            checkedTopics.insert(topic.source)
            for finding in findings { note(finding) }
        }
    }

    /// By the source's names; a topic that cannot be read on both sides is left out, and looked at again.
    private func limitFindings(
        _ topics: [MirroredTopic], _ settings: DescribedTopics, _ factors: [TopicName: Int16]
    ) -> [TopicName: [TargetLimitsCheck.Finding]] {
        var findings: [TopicName: [TargetLimitsCheck.Finding]] = [:]
        for topic in topics {
            guard let wanted = settings.sources[topic.source].flatMap({ try? $0.get() }),
                let present = settings.targets[topic.target].flatMap({ try? $0.get() })
            else { continue }
            let source = ObservedTopic(
                name: topic.source, partitions: topic.partitionCount, replicationFactor: 0, settings: wanted)
            let target = ObservedTopic(
                name: topic.target, partitions: topic.partitionCount,
                replicationFactor: factors[topic.target] ?? configuration.replicationFactor, settings: present)
            findings[topic.source] = TargetLimitsCheck(source: source, target: target, room: room).findings
        }
        return findings
    }

    private func note(_ finding: TargetLimitsCheck.Finding) {
        // That one is looked at again and again: see `noteLimits`.
        guard finding.setting != "message.timestamp.type" else { return }
        let fields: [LogField] = [
            .topic(finding.topic), .cluster(name.target), LogField("setting", finding.setting),
            .reason("\(finding.what); \(finding.remedy)"),
        ]
        switch finding.severity {
        case .warning: log.warning(.topicTargetLimit, fields)
        case .note: log.info(.topicTargetLimit, fields)
        }
    }

    // MARK: access rules

    func compareAccessRules() async -> Job.Outcome {
        do { try await verifyClusters() } catch { return .failed("\(error)") }
        let report = await accessSync.run()
        for rule in report.added {
            counters.topicSyncChanges["create_acl", default: 0] += 1
            log.info(.accessRuleAdded, fields(of: rule) + [.cluster(name.target)])
        }
        for failure in report.failures {
            counters.topicSyncErrors += 1
            guard limiter.admit("acl \(failure.error.code.name)") != nil else { continue }
            log.warning(
                .accessSyncFailed,
                [.code(failure.error.code.name), .reason(failure.error.reason)]
                    + (failure.rule.map(fields(of:)) ?? []))
        }
        for skipped in report.skipped {
            let rule = skipped.rule
            guard warned.insert("acl \(rule)").inserted else { continue }
            log.warning(.accessRuleNotSynced, fields(of: rule) + [.reason(skipped.exception.reason)])
        }
        if report.sourceToldNothing {
            infoOnce(
                "acl source", .accessNoRules,
                "\(name.source) tells no access rules: it has none or no authorizer, or this user may not see them "
                    + "(Describe on the cluster); nothing is added to \(name.target)")
        }
        if report.isSecurityDisabled {
            infoOnce(
                "acl target", .accessSecurityDisabled,
                "\(name.target) has no authorizer (SECURITY_DISABLED): access rules of \(name.source) are not added there"
            )
        }
        return report.failures.first.map { .failed($0.error.reason) } ?? .done
    }

    private func fields(of rule: AccessRule) -> [LogField] {
        [
            LogField("resource", rule.resource.rawValue), LogField("name", rule.resourceName),
            LogField("pattern", rule.pattern.rawValue), LogField("principal", rule.principal),
            LogField("host", rule.host), LogField("operation", rule.operation.rawValue),
            LogField("permission", rule.permission.rawValue),
        ]
    }

    func infoOnce(_ key: String, _ event: EventName, _ reason: String) {
        guard warned.insert(key).inserted else { return }
        log.info(event, [.reason(reason)])
    }
}

extension ConfigurationEntry {
    /// What holds without a value of the topic's own, as far as the broker tells.
    fileprivate var brokersValue: String? {
        source == .dynamicTopic ? synonyms.first { $0.source != .dynamicTopic }?.value : value
    }
}
