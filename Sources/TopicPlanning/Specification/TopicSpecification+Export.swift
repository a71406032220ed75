// SPDX-License-Identifier: Apache-2.0

extension TopicSpecification {
    /// A topic as it is, in the form of a specification that plans to nothing.
    ///
    /// Only the topic's own values are taken: what comes from the broker stays the broker's. A value that a topic file
    /// cannot hold (the broker hides it, or no reader would take it) goes to `unmanaged`, so that planning the
    /// file leaves it alone.
    public init(exporting topic: ObservedTopic) {
        self.init(name: topic.name, partitions: topic.partitions, replicationFactor: topic.replicationFactor)
        for (name, value) in topic.overrides where !unmanaged.contains(name) {
            if let value, Self.canBeWritten(name, value) {
                settings[name] = TopicSettingCatalogue.setting(named: name)?.canonicalOrder(value) ?? value
            } else {
                unmanaged.insert(name)
            }
        }
    }

    private static func canBeWritten(_ name: String, _ value: String) -> Bool {
        guard let setting = TopicSettingCatalogue.setting(named: name) else {
            return name.contains(".") && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !value.isEmpty
                && value != "default" && TopicSettingCatalogue.nearestName(to: name) == nil
        }
        guard let read = try? setting.raw(setting.human(value)) else { return false }
        return TopicSettingCatalogue.isEqual(name, read, value)
    }
}

extension TopicSetting {
    /// The value as the reader of topic files would give it.
    func canonicalOrder(_ value: String) -> String { (try? raw(human(value))) ?? value }
}
