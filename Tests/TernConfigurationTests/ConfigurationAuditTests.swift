// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationAuditTests {
    @Test(arguments: [
        // Dropped by MirrorMaker, with the form that works.
        ("consumer.fetch.min.bytes", "write A.consumer.fetch.min.bytes for each cluster"),
        ("producer.linger.ms", "write A.producer.linger.ms for each cluster"),
        ("fetch.min.bytes", "write A.consumer.fetch.min.bytes"),
        ("A.fetch.min.bytes", "write A.consumer.fetch.min.bytes"),
        ("A->B.fetch.min.bytes", "write A.consumer.fetch.min.bytes"),
        ("A->B.linger.ms", "write B.producer.linger.ms"),
        ("use.defaults.from", "write S->T.use.defaults.from"),
        ("offset.flush.interval.ms", "write T.offset.flush.interval.ms"),
        ("A->B.offset.flush.interval.ms", "write B.offset.flush.interval.ms"),
        ("A.topics", "write topics, or S->T.topics"),
        ("A.use.defaults.from", "write S->T.use.defaults.from"),
        ("A.http.listen", "write http.listen"),
        ("A->B.http.listen", "write http.listen"),
        ("A->B.bootstrap.servers", "write A.bootstrap.servers or B.bootstrap.servers"),
        ("A->B.security.protocol", "write A.security.protocol or B.security.protocol"),
        ("A.producer.override.linger.ms", "write A.producer.linger.ms, or S->A.producer.override.linger.ms"),
        ("A->B.source.cluster.linger.ms", "write A.linger.ms"),
        ("transforms.x.type", "write S->T.transforms.x.type"),
    ])
    func `a key that MirrorMaker drops is said to, with the one that works`(key: String, remedy: String) {
        let loaded = loadConfiguration(twoClusters + "\(key) = 7:1")
        #expect(loaded.warnings == ["mm2.properties:5: \(key): without effect: MirrorMaker drops it here: \(remedy)"])
    }

    @Test func `a flow's producer settings do not reach the producer of the records`() {
        let loaded = loadConfiguration(twoClusters + "A->B.producer.linger.ms = 5")
        #expect(
            loaded.warnings == [
                "mm2.properties:5: A->B.producer.linger.ms: without effect: the producer of the records does not read it, as in "
                    + "MirrorMaker: write B.producer.linger.ms, or A->B.producer.override.linger.ms"
            ])
    }

    @Test(arguments: [
        ("topcis", "did you mean topics?"), ("htp.listen", "did you mean http.listen?"),
        ("A->B.topcs", "did you mean A->B.topics?"), ("topic.whitelist", "did you mean topics?"),
        ("group.blacklist", "did you mean groups.exclude?"),
        ("A->B.config.property.blacklist", "did you mean A->B.config.properties.exclude?"),
        ("A.consumer.fetch.min.byte", "did you mean A.consumer.fetch.min.bytes?"),
        ("A.bootstrap.server", "did you mean A.bootstrap.servers?"),
        ("A->C.enabled", "names no cluster of `clusters`: C"), ("C->A.topics", "names no cluster of `clusters`: C"),
        ("A->A.topics", "is a flow from a cluster to itself, which does not exist"),
        ("C.bootstrap.servers", "names no cluster of `clusters`"),
        ("B.sync.topics.configs.enabled", "did you mean sync.topic.configs.enabled?"),
        ("B.use.default.from", "did you mean S->T.use.defaults.from?"),
        ("something.else.entirely", "is no key that MirrorMaker or Tern knows: remove it"),
        ("A->B.nothing.of.the.kind", "is no key that MirrorMaker or Tern knows: remove it"),
    ])
    func `an unknown key is told with the nearest real one`(key: String, part: String) {
        let loaded = loadConfiguration(twoClusters + "\(key) = 1")
        #expect(loaded.errors == [])
        #expect(loaded.warnings.count == 1)
        #expect(loaded.warnings.first?.hasPrefix("mm2.properties:5: \(key): ") == true)
        #expect(loaded.warnings.first?.contains(part) == true, "\(loaded.warnings)")
    }

    @Test func `a misspelt alias is told with the nearest`() {
        let loaded = loadConfiguration(
            "clusters = us-east, us-west\nbootstrap.servers = x:1\nus-eest.bootstrap.servers = y:1\n"
                + "us-east->us-wst.enabled = true")
        #expect(
            loaded.warnings == [
                "mm2.properties:3: us-eest.bootstrap.servers: names no cluster of `clusters`; did you mean "
                    + "us-east.bootstrap.servers?",
                "mm2.properties:4: us-east->us-wst.enabled: names no cluster of `clusters`: us-wst; did you mean us-west?",
            ])
    }

    @Test func `names of MirrorMaker 3 work, with a warning, unless the present name stands beside them`() throws {
        let loaded = loadConfiguration(
            twoClusters + "topics.blacklist = a\nA->B.groups.blacklist = g\nconfig.properties.blacklist = c")
        let flow = try #require(loaded.flow("A", "B"))
        #expect(flow.topics.exclude.entries == ["a"])
        #expect(flow.groups.exclude.entries == ["g"])
        #expect(!flow.topicSync.filter.keeps("c"))
        #expect(loaded.warnings.count == 3)
        #expect(
            loaded.warnings.first
                == "mm2.properties:5: topics.blacklist: is the name of topics.exclude up to Kafka 3.9, and gone in 4.0: rename it"
        )
        let both = loadConfiguration(twoClusters + "topics.blacklist = a\ntopics.exclude = b")
        #expect(both.flow("A", "B")?.topics.exclude.entries == ["b"])
    }

    @Test(arguments: [
        ("A->B.enable", "enabled"), ("emit.heartbeats", "emit.heartbeats.enabled"),
        ("replication.policy", "replication.policy.class"), ("topics.whitelist", "topics"),
    ])
    func `mistakes of the documentation are named`(key: String, real: String) {
        let loaded = loadConfiguration(twoClusters + "\(key) = x")
        #expect(
            loaded.warnings == ["mm2.properties:5: \(key): without effect, as in MirrorMaker: the key is \(real)"])
    }

    @Test(arguments: [
        "transforms = x", "A->B.transforms = x", "A->B.transforms.x.type = y", "A->B.predicates = p",
        "replication.policy.class = com.example.MyPolicy", "A->B.topic.filter.class = com.example.MyFilter",
        "group.filter.class = x", "config.property.filter.class = x", "forwarding.admin.class = x",
        "A.consumer.interceptor.classes = x", "replication.policy.separator =", "replication.policy.separator = /",
        "A->B.replication.policy.separator = _ ", "topics = (", "topics.exclude = a{2", "groups = [",
        "config.properties.exclude = *", "refresh.topics.interval.seconds = 0", "tasks.max = 0", "tasks.max = many",
        "replication.factor = 0", "replication.factor = 40000", "A->B.offset-syncs.topic.location = both",
        "offset.storage.topic = a/b", "http.listen = nowhere:x", "http.listen = [::1", "log.level = loud",
        "readiness = maybe", "health.cluster = C", "A->B.source.cluster.alias = Z", "lag.interval.ms = 1s",
    ])
    func `what cannot be done is one error with its line`(text: String) {
        let loaded = loadConfiguration(twoClusters + text)
        #expect(loaded.configuration == nil)
        #expect(loaded.errors.count == 1, "\(loaded.errors)")
        #expect(loaded.errors.first?.hasPrefix("mm2.properties:5: ") == true)
    }

    @Test(arguments: [
        "transforms =", "exactly.once.source.support = disabled", "errors.tolerance = none",
        "replication.policy.class = org.apache.kafka.connect.mirror.DefaultReplicationPolicy ",
        "topic.filter.class = org.apache.kafka.connect.mirror.DefaultTopicFilter",
        "http.listen = none", "http.listen = [::1]:9470", "http.listen = :9470", "http.listen = localhost",
        "refresh.topics.interval.seconds = 1", "replication.factor = -1", "topics =", "A->B.name = X",
    ])
    func `what says only what holds anyway, or is in order, is no problem`(text: String) {
        let key = text.hasPrefix("exactly") ? "B." : ""
        #expect(loadConfiguration(twoClusters + key + text).problems == [])
    }

    @Test(arguments: [("enabled", true), ("preparing", false), ("disabled", false)])
    func `exactly once is a matter of the target`(word: String, isEnabled: Bool) {
        let loaded = loadConfiguration(
            twoClusters + "B.exactly.once.source.support = \(word)\nA->B.transaction.boundary.interval.ms = 50\n"
                + "B.producer.transaction.timeout.ms = 20000")
        #expect(loaded.warnings == [])
        let flow = loaded.configuration?.flows.first { $0.isEnabled }
        #expect(flow?.exactlyOnce.isEnabled == isEnabled)
        #expect(flow?.exactlyOnce.interval == .milliseconds(50))
        #expect(flow?.exactlyOnce.timeout == .seconds(20))
        #expect(flow?.transactionalID(lane: 3) == "tern.A->B.3")
    }

    @Test(arguments: [("all", true), ("none", false), ("ALL", true), ("some", nil)])
    func `errors.tolerance is Connect's word, for all flows or for one`(word: String, quarantines: Bool?) {
        for key in ["errors.tolerance", "A->B.errors.tolerance"] {
            let loaded = loadConfiguration(twoClusters + "\(key) = \(word)")
            #expect(loaded.configuration?.flows.first { $0.isEnabled }?.quarantines == quarantines)
            #expect(loaded.errors.isEmpty == (quarantines != nil))
            #expect(loaded.warnings == [])
        }
        #expect(loadConfiguration(twoClusters).configuration?.flows.allSatisfy { !$0.quarantines } == true)
    }

    @Test func `what a loss does is a matter of the flow, and of topics by their patterns: the most careful one wins`()
    {
        let loaded = loadConfiguration(
            twoClusters
                + "on.data.loss = restart\nA->B.on.data.loss = continue\nA->B.on.data.loss.halt = pay.*, orders\n"
                + "on.data.loss.restart = orders|refunds")
        #expect(loaded.errors == [] && loaded.warnings == [])
        let losses = loaded.configuration?.flows.first { $0.isEnabled }?.dataLoss
        let topics = ["payments", "orders", "refunds", "clicks"].map { TopicName($0) }
        #expect(topics.map { losses?.policy(of: $0) } == [.halt, .halt, .restart, .continue])
        #expect(losses?.alwaysHalts == false)
        let unsaid = loadConfiguration(twoClusters).configuration?.flows.first { $0.isEnabled }?.dataLoss
        #expect(unsaid?.policy(of: "orders") == .halt && unsaid?.alwaysHalts == true)
        #expect(
            loadConfiguration(twoClusters + "on.data.loss = skip").errors == [
                "mm2.properties:5: on.data.loss: \"skip\" is none of halt, continue, restart"
            ])
    }

    @Test func `several connections to the target are of no use to transactions, and that is said`() {
        let chosen = "A->B.target.connections = 4\nA->B.source.connections = 4\n"
        let loaded = loadConfiguration(twoClusters + chosen + "B.exactly.once.source.support = enabled")
        #expect(loaded.errors == [])
        #expect(
            loaded.warnings == [
                "mm2.properties:5: A->B.target.connections: 4 has no effect on A->B: it delivers exactly once, and the transaction "
                    + "of a lane is written by one connection. Use auto; a larger tasks.max gives it more lanes, each with a "
                    + "connection of its own"
            ])
        #expect(loadConfiguration(twoClusters + chosen).warnings == [])
        let unsaid = loadConfiguration(
            twoClusters + "target.connections = auto\nB.exactly.once.source.support = enabled")
        #expect(unsaid.warnings == [])
    }

    @Test func `transactions that the target would abort are refused`() {
        let loaded = loadConfiguration(
            twoClusters + "A->B.transaction.boundary.interval.ms = 60000\nB.exactly.once.source.support = enabled")
        #expect(
            loaded.errors == [
                "mm2.properties:5: A->B.transaction.boundary.interval.ms: A->B would end its transactions after 60000 ms, and B "
                    + "aborts them after 60000 ms: set B.producer.transaction.timeout.ms to more than twice "
                    + "transaction.boundary.interval.ms"
            ])
    }

    @Test func `keys of Connect's workers are notes`() {
        let loaded = loadConfiguration(
            twoClusters + "status.storage.replication.factor = 1\nB.group.id = x\nB.plugin.path = /x\n"
                + "dedicated.mode.enable.internal.rest = true\nlisteners = http://x:1\nscheduled.rebalance.max.delay.ms = 5"
        )
        #expect(loaded.warnings == [])
        #expect(loaded.notes.count == 6)
    }

    @Test func `a key that does nothing anywhere is not sent to another place`() {
        let loaded = loadConfiguration(twoClusters + "buffer.memory = 1\nconsumer.max.poll.records = 1\nA.acks = all")
        #expect(
            loaded.problems.map(\.description) == [
                "mm2.properties:6: consumer.max.poll.records: without effect: a lane takes what there is",
                "mm2.properties:7: A.acks: not passed on, the setting is Tern's own: order and completeness of the copy rest on it",
                "mm2.properties:5: buffer.memory: without effect: in.flight.max.bytes says how much may be on its way to the target",
            ])
    }

    @Test func `a key that stands twice is told with both lines`() {
        let loaded = loadConfiguration(twoClusters + "topics = a\ntopics = b")
        #expect(
            loaded.warnings == [
                "mm2.properties:6: topics: is in line 5 already: this later line wins; remove one of them"
            ])
    }

    @Test func `an interval below nothing means never`() throws {
        let loaded = loadConfiguration(twoClusters + "refresh.topics.interval.seconds = -1")
        #expect(try !#require(loaded.flow("A", "B")).refreshesTopics)
        #expect(loaded.warnings.count == 1)
    }

    @Test func `all problems come in one run, errors first, by line`() {
        let loaded = loadConfiguration(
            "clusters = A, B\nunknown = 1\nA.bootstrap.servers = x:1\ntasks.max = x\nA->B.enabled = true\ntopics = (\n"
                + "log.level = loud")
        #expect(loaded.errors.count == 4)
        #expect(loaded.problems.map(\.line) == [nil, 4, 6, 7, 2])
        #expect(loaded.problems.map(\.severity).sorted() == loaded.problems.map(\.severity))
    }

    @Test func `a file in UTF-8 is warned about`() {
        let loaded = loadConfiguration(twoClusters + "health.region = Zürich")
        #expect(loaded.warnings.count == 1)
        #expect(loaded.configuration?.health.region == "ZÃ¼rich")
        #expect(
            loadConfiguration(twoClusters + "health.region = Z\\u00fcrich").configuration?.health.region == "Zürich")
    }

    @Test(arguments: [
        (#"A->B.topics = orders\.\d+"#, ["orders.d+"]), (#"topics = a\w+, b"#, ["aw+"]),
        (#"topics.exclude = .*[\-\.]internal, .*\.replica"#, [".*[-.]internal, .*.replica"]),
        (#"config.properties.exclude = min\.insync\.replicas"#, ["min.insync.replicas"]),
    ])
    func `a backslash that vanishes from a regular expression is warned about, with what is left`(
        line: String, parts: [String]
    ) {
        let loaded = loadConfiguration(twoClusters + line)
        #expect(loaded.errors == [])
        #expect(loaded.warnings.count == 1, "\(loaded.warnings)")
        let warning = loaded.warnings.first ?? ""
        #expect(warning.hasPrefix("mm2.properties:5: "))
        #expect(warning.contains("write \\\\ for each backslash"))
        for part in parts { #expect(warning.contains(part), "\(warning)") }
    }

    @Test(arguments: [
        #"topics = orders\\.\\d+"#, #"topics = a\u002eb"#, #"topics = a\=b"#, "topics = a, \\\n  b",
        #"health.region = a\-b"#,
    ])
    func `a backslash that means something, or stands in no regular expression, is no problem`(line: String) {
        #expect(loadConfiguration(twoClusters + line).problems == [])
    }

    @Test(arguments: ["replication.policy.separator =", "A->B.replication.policy.separator ="])
    func `the old trick for equal names is refused with the policy that gives them`(line: String) {
        let loaded = loadConfiguration(
            twoClusters + line + "\nA->B.source.cluster.alias =\nA->B.target.cluster.alias =")
        #expect(loaded.configuration == nil)
        #expect(loaded.errors.count == 3)
        let policy = "org.apache.kafka.connect.mirror.IdentityReplicationPolicy"
        for error in loaded.errors {
            #expect(error.contains("for equal names set replication.policy.class = \(policy)"), "\(error)")
        }
        #expect(loaded.warnings == [])
    }
}
