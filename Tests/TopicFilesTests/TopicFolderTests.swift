// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import Foundation
import KafkaTypes
import Testing

@testable import TopicFiles

@Suite struct TopicFolderTests {
    private func names(_ set: TopicFileSet) -> [String] { set.topics.map(\.name.value.rawValue) }

    @Test func `a folder is read in the order of its names, folders inside it too`() {
        let set = TopicFolder.read(
            ["topics"],
            in: system([
                "/home/ops/topics/b.yaml": "name: b", "/home/ops/topics/a.yml": "name: a",
                "/home/ops/topics/x/c.yaml": "name: c",
                "/home/ops/topics/.hidden.yaml": "name: d", "/home/ops/topics/readme.md": "# no",
                "/home/ops/topics/.git/e.yaml": "name: e",
            ]))
        #expect(set.problems.isEmpty)
        #expect(names(set) == ["a", "b", "c"])
        #expect(set.topics.map(\.name.location.file) == ["topics/a.yml", "topics/b.yaml", "topics/x/c.yaml"])
    }

    @Test(arguments: [
        ["topics"], ["topics/shop/a.yaml"], ["topics/shop"], ["/home/ops/topics/shop/a.yaml"],
        ["topics/", "topics/shop/a.yaml"], ["."],
    ])
    func `defaults of every folder above hold, whichever way a file is named`(paths: [String]) throws {
        let set = TopicFolder.read(
            paths,
            in: system([
                "/home/ops/topic-defaults.yaml":
                    "defaults: {partitions: 1, replication-factor: 1, settings: {retention.ms: 1d}}",
                "/home/ops/topics/shop/topic-defaults.yaml":
                    "defaults: {partitions: 3, settings: {retention.bytes: 3GB}}",
                "/home/ops/topics/shop/a.yaml": "defaults: {settings: {retention.bytes: 4GB}}\ntopics: [{name: a}]",
            ]))
        #expect(set.problems.isEmpty)
        #expect(names(set) == ["a"])
        let topic = try #require(set.specifications(on: nil).first)
        #expect(topic.partitions == 3)
        #expect(topic.replicationFactor == 1)
        #expect(topic.settings == ["retention.ms": "86400000", "retention.bytes": "4000000000"])
    }

    @Test func `a problem in shared defaults is told once, under the path the folder was named by`() {
        let set = TopicFolder.read(
            ["topics"],
            in: system([
                "/home/ops/topics/topic-defaults.yaml": "defaults: {partitons: 1}",
                "/home/ops/topics/a.yaml": "name: a",
                "/home/ops/topics/b.yaml": "name: b",
            ]))
        #expect(
            set.problems.map(\.description) == [
                "topics/topic-defaults.yaml:1:12: defaults has no key \"partitons\"; did you mean \"partitions\"?"
            ])
    }

    @Test func `topics among the defaults, and two files of defaults, are refused`() {
        let set = TopicFolder.read(
            ["t"],
            in: system([
                "/home/ops/t/topic-defaults.yaml": "name: a",
                "/home/ops/t/topic-defaults.yml": "defaults: {partitions: 1}",
            ]))
        #expect(
            set.problems.map(\.description) == [
                "t/topic-defaults.yaml:1:7: a topic is described among the defaults of its folder; move it to a file of another name"
            ])
        let two = TopicFolder.read(
            ["t"],
            in: system([
                "/home/ops/t/topic-defaults.yaml": "defaults: {partitions: 1}",
                "/home/ops/t/topic-defaults.yml": "defaults: {partitions: 1}",
            ]))
        #expect(
            two.problems.map(\.description) == [
                "t/topic-defaults.yml: this folder has two files of defaults; keep topic-defaults.yaml"
            ])
    }

    @Test func `a topic that is described twice is told with both places`() {
        let set = TopicFolder.read(
            ["t"],
            in: system([
                "/home/ops/t/a.yaml": "name: orders", "/home/ops/t/b.yaml": "# again\n- name: x\n- name: orders",
            ]))
        #expect(set.hasErrors)
        #expect(
            set.problems.map(\.description) == [
                "t/b.yaml:3:9: topic \"orders\" is described here and at t/a.yaml:1:7; keep one of the two, or give each its own clusters with only:"
            ])
        // Named twice on the command line is not written twice.
        let twice = TopicFolder.read(
            ["t/a.yaml", "./t/a.yaml", "t/a.yaml"], in: system(["/home/ops/t/a.yaml": "name: orders"]))
        #expect(twice.problems.isEmpty)
        #expect(names(twice) == ["orders"])
    }

    @Test func `what cannot be read is a problem and the rest is read`() {
        let set = TopicFolder.read(
            ["missing", "empty", "t/a.yaml"],
            in: system(["/home/ops/t/a.yaml": "name: a", "/home/ops/empty/x.txt": ""]))
        #expect(
            set.problems.map(\.description) == [
                "empty: no file here ends in .yaml; name a folder or file with topics",
                "missing: cannot be read: no such file or folder; see that it exists and may be read",
            ])
        #expect(names(set) == ["a"])
    }

    @Test func `cluster ids are kept, and two different ones for one alias are refused`() {
        let set = TopicFolder.read(
            ["t"],
            in: system([
                "/home/ops/t/topic-defaults.yaml": "cluster-ids: {eu: abc, us: def}",
                "/home/ops/t/a.yaml": "cluster-ids: {eu: abc, us: xyz}\ntopics: [{name: a}]",
            ]))
        #expect(set.clusterIDs["eu"]?.value == "abc")
        #expect(
            set.problems.map(\.description) == [
                "t/a.yaml:1:28: cluster-ids: \"us\" has another id at t/topic-defaults.yaml:1:28; keep one of the two"
            ])
    }

    @Test func `folders and files of a real disk are read`() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("tern-topics-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(
            at: root.appendingPathComponent("shop"), withIntermediateDirectories: true)
        try Data("defaults: {partitions: 5}".utf8).write(to: root.appendingPathComponent("topic-defaults.yaml"))
        try Data("name: orders".utf8).write(to: root.appendingPathComponent("shop/orders.yaml"))
        // A link to the folder itself must not be followed for ever.
        try FileManager.default.createSymbolicLink(
            at: root.appendingPathComponent("shop/again"), withDestinationURL: root)
        for path in [root.path, root.path + "/shop/orders.yaml", root.path + "/"] {
            let set = TopicFolder.read([path])
            #expect(set.specifications(on: nil).map(\.partitions) == [5])
        }
        let missing = TopicFolder.read([root.path + "/none.yaml"])
        #expect(missing.problems.count == 1)
    }
}
