// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing
import Text

extension RealBrokers {
    /// `on.data.loss`: what partitions do by themselves after records were lost, when the ledger has it.
    @Suite struct LossPolicyTests {
        private func samples(_ topic: TopicName, _ range: Range<Int>, _ word: String = "v") -> [OwnedRecord] {
            range.map { .sample(topic, 0, key: "k", value: "\(word)\($0)") }
        }

        private func recreate(_ topic: TopicName, _ mirror: RealMirror) async throws {
            try await mirror.clusters[0].withAdmin { admin in
                _ = try await admin.deleteTopics([topic], within: .seconds(20))
            }
            try await eventually(within: .seconds(20), "the topic's creation") { () async throws -> Bool in
                (try? await mirror.clusters[0].createTopic(topic)) != nil
            }
        }

        private func texts(_ name: String, _ mirror: RealMirror) throws -> [String] {
            try mirror.records(of: mirror.copy(name), at: 1).map(\.text)
        }

        @Test(arguments: ["", "exactly.once.source.support = enabled"])
        func
            `a partition continues with what was not copied, or copies all again, as its topic's policy says, once the ledger has it`(
                mode: String
            ) async throws
        {
            try await RealMirror.withPair { mirror in
                let names = ["expired", "recreated", "again", "halted"]
                let topics = names.map { mirror.topic($0) }
                for topic in topics { try await mirror.clusters[0].createTopic(topic) }
                let lines =
                    "on.data.loss.continue = .*-expired, .*-recreated\non.data.loss.restart = .*-again\n"
                    + (mode.isEmpty ? "" : "\(mirror.aliases[1]).\(mode)")
                try Onlooker.write(topics.flatMap { samples($0, 0..<10) }, to: mirror.address(0))
                let first = try mirror.daemon([(0, 1)], lines)
                try await running(first) { try await until("40 records", of: first) { $0.isCaughtUp(after: 40) } }
                // Two logs start later, two are others: shorter than the position, and longer.
                for topic in [topics[0], topics[3]] {
                    try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0))
                    try await mirror.deleteRecords(of: topic, before: 15, at: 0)
                }
                for (topic, count) in [(topics[1], 5), (topics[2], 12)] {
                    try await recreate(topic, mirror)
                    try Onlooker.write(samples(topic, 0..<count, "new "), to: mirror.address(0))
                }
                let daemon = try mirror.daemon([(0, 1)], lines)
                try await running(daemon) {
                    try await until("all but one", of: daemon) { status in
                        zip(topics, [Int64(20), 5, 12]).allSatisfy { topic, end in
                            let partition = status.flows[0].partition(topic, 0)
                            return partition?.replicatedOffset == end && partition?.lagRecords == 0
                                && partition?.stop == nil
                        } && status.flows[0].partition(topics[3], 0)?.state == .lostData
                    }
                    try await until("the counts", of: daemon) {
                        $0.flows[0].counters.lossesContinued == ["continue": 2, "restart": 1]
                            && $0.flows[0].openLosses == 1
                    }
                    #expect(daemon.status.flows[0].partition(topics[3], 0)?.lagRecords == nil)
                }
                #expect(mirror.log.lines.filter { $0.contains("loss.continued") }.count == 3)
                try await checkLedger(mirror, lines, topics)
                // Nothing is found again, and nothing comes twice.
                let last = try mirror.daemon([(0, 1)], lines)
                try await running(last) {
                    try Onlooker.write(samples(topics[1], 5..<8, "new "), to: mirror.address(0))
                    try await until("what came since", of: last) { status in
                        status.flows[0].partition(topics[1], 0)?.replicatedOffset == 8
                            && status.flows[0].partition(topics[0], 0)?.lagRecords == 0
                    }
                    #expect(last.status.flows[0].counters.lossesContinued == [:])
                }
                let old = (0..<10).map { "v\($0)" }
                #expect(try texts("expired", mirror) == old + (15..<20).map { "v\($0)" })
                #expect(try texts("recreated", mirror) == old + (0..<8).map { "new \($0)" })
                #expect(try texts("again", mirror) == old + (0..<12).map { "new \($0)" })
                #expect(try texts("halted", mirror) == old)
            }
        }

        private func checkLedger(_ mirror: RealMirror, _ lines: String, _ topics: [TopicName]) async throws {
            let tern = try CommandLineRun(mirror.file([(0, 1)], lines))
            defer { tern.folder.remove() }
            let listed = await tern("ledger", "list", "--every", "-o", "json")
            #expect(listed.status == 0, "\(listed.diagnostics)")
            let events = listed.document?["data"]?["events"]?.array ?? []
            #expect(events.count == 4)
            for (topic, cause, policy, position) in [
                (topics[0], "log_start_moved", "continue", Int64(15)), (topics[1], "truncated", "continue", 0),
                (topics[2], "recreated", "restart", 0),
            ] {
                let event = events.first { $0["topic"]?.string == topic.rawValue }
                #expect(event?["cause"]?.string == cause && event?["state"]?.string == "ended", "\(listed.output)")
                #expect(event?["policy"]?.string == policy && event?["ended_position"]?.integer == position)
            }
            let shown = await tern("ledger", "show", "--event", "\(topics[0])/0:10")
            #expect(shown.output.contains("continued at 15 by on.data.loss = continue\n"), "\(shown.output)")
            let open = await tern("ledger", "list", "-o", "json")
            #expect(
                open.document?["data"]?["events"]?.array?.map { $0["topic"]?.string } == [topics[3].rawValue],
                "\(open.output)")
        }

        @Test(arguments: ["", "exactly.once.source.support = enabled"])
        func `a copy that was deleted is filled again by restart, and by continue only with what comes`(mode: String)
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (again, onward) = (mirror.topic("again"), mirror.topic("onward"))
                for topic in [again, onward] { try await mirror.clusters[0].createTopic(topic) }
                try Onlooker.write(samples(again, 0..<5) + samples(onward, 0..<5), to: mirror.address(0))
                let lines =
                    "on.data.loss = continue\non.data.loss.restart = .*-again\n"
                    + (mode.isEmpty ? "" : "\(mirror.aliases[1]).\(mode)")
                let daemon = try mirror.daemon([(0, 1)], lines)
                try await running(daemon) {
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    try await mirror.clusters[1].withAdmin { admin in
                        _ = try await admin.deleteTopics(
                            [mirror.copy("again"), mirror.copy("onward")], within: .seconds(20))
                    }
                    try await until("both continue", of: daemon) {
                        $0.flows[0].counters.lossesContinued == ["continue": 1, "restart": 1]
                    }
                    try Onlooker.write(samples(again, 5..<8) + samples(onward, 5..<8), to: mirror.address(0))
                    try await until("all of it", of: daemon) { status in
                        [again, onward].allSatisfy { topic in
                            let partition = status.flows[0].partition(topic, 0)
                            return partition?.replicatedOffset == 8 && partition?.lagRecords == 0
                        }
                    }
                }
                // The emptied target is no news to a later start.
                let next = try mirror.daemon([(0, 1)], lines)
                try await running(next) {
                    try await until("no lag", of: next) { status in
                        [again, onward].allSatisfy { status.flows[0].partition($0, 0)?.lagRecords == 0 }
                    }
                    #expect(next.status.flows[0].counters.lossesContinued == [:])
                }
                #expect(try texts("again", mirror) == (0..<8).map { "v\($0)" })
                #expect(try texts("onward", mirror) == (5..<8).map { "v\($0)" })
            }
        }
    }
}
