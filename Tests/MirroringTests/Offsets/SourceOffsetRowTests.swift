// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring
import Testing

@Suite struct SourceOffsetRowTests {
    func key(_ cluster: ClusterAlias, _ topic: TopicName, _ partition: Int32) -> SourceOffsetRow.Key {
        SourceOffsetRow.Key(
            connector: "MirrorSourceConnector", cluster: cluster, topic: topic, partition: partition)
    }

    /// Keys and partitions as Connect's JsonConverter of Kafka 4.3.1 and its partitioner came to them on JDK 17.
    @Test(
        arguments: [
            ("A", "orders", 0, #"["MirrorSourceConnector",{"cluster":"A","partition":0,"topic":"orders"}]"#, 3),
            ("clé", "x", 3, #"["MirrorSourceConnector",{"cluster":"clé","partition":3,"topic":"x"}]"#, 15),
            (#"a"b\c/d"#, "t", 1, #"["MirrorSourceConnector",{"cluster":"a\"b\\c/d","partition":1,"topic":"t"}]"#, 17),
            (
                "t\tn\nb\u{8}\u{C}\r\u{1}\u{1F}\u{7F}\u{2028}", "t", 2_147_483_647,
                "[\"MirrorSourceConnector\",{\"cluster\":\"t\\tn\\nb\\b\\f\\r\\u0001\\u001F\u{7F}\u{2028}\","
                    + "\"partition\":2147483647,\"topic\":\"t\"}]", 9
            ),
            ("😀", "t", 7, #"["MirrorSourceConnector",{"cluster":"\uD83D\uDE00","partition":7,"topic":"t"}]"#, 16),
            (
                "us-west", "my.topic_1-x", 24,
                #"["MirrorSourceConnector",{"cluster":"us-west","partition":24,"topic":"my.topic_1-x"}]"#, 22
            ),
            ("<&>'", "t", 0, #"["MirrorSourceConnector",{"cluster":"<&>'","partition":0,"topic":"t"}]"#, 11),
        ] as [(ClusterAlias, TopicName, Int32, String, Int32)])
    func `keys are the bytes that Java looks up, and lie where Java puts them`(
        cluster: ClusterAlias, topic: TopicName, partition: Int32, expected: String, place: Int32
    ) {
        let bytes = SourceOffsetRow.key(key(cluster, topic, partition))
        #expect(bytes == Array(expected.utf8))
        #expect(Murmur2.partition(of: bytes, count: 25) == place)
        #expect(SourceOffsetRow.parseKey(bytes) == key(cluster, topic, partition))
    }

    @Test func `values are the offset of the last record`() {
        #expect(SourceOffsetRow.value(offset: 41) == Array(#"{"offset":41}"#.utf8))
        #expect(SourceOffsetRow.parseValue(Array(#"{"offset":41}"#.utf8)) == 41)
        #expect(SourceOffsetRow.parseValue(SourceOffsetRow.value(offset: Int64.max - 1)) == Int64.max - 1)
        #expect(SourceOffsetRow.parseValue(SourceOffsetRow.value(offset: .max)) == nil)
    }

    @Test(arguments: [
        #" [ "MirrorSourceConnector" , { "topic" : "orders", "cluster":"A","partition" : 5 } ] "#,
        #"["MirrorSourceConnector",{"partition":5,"topic":"\u006frders","cluster":"A","more":null}]"#,
    ])
    func `keys are read whatever their order and blanks`(text: String) {
        #expect(SourceOffsetRow.parseKey(Array(text.utf8)) == key("A", "orders", 5))
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "[1]", #"["x"]"#, #"["x",{}]"#, #"["x",null]"#, "[\"x\",{\"cluster\":\"A\"",
        #"["x",{"sourceClusterAlias":"A","targetClusterAlias":"B"}]"#,
        #"["x",{"partition":0,"topic":"A.t","group":"g"}]"#,
        #"["x",{"cluster":"A","partition":"0","topic":"t"}]"#,
        #"["x",{"cluster":"A","partition":99999999999,"topic":"t"}]"#,
        #"["x",{"cluster":1,"partition":0,"topic":"t"}]"#,
    ])
    func `rows of others and malformed ones are not keys`(text: String) {
        #expect(SourceOffsetRow.parseKey(Array(text.utf8)) == nil)
    }

    @Test func `bytes that are no text are no row`() {
        #expect(SourceOffsetRow.parseKey([0xFF, 0x00, 0x5B]) == nil)
        #expect(SourceOffsetRow.parseValue([0xFF]) == nil)
    }

    @Test(arguments: ["", "null", "{}", #"{"offset":null}"#, #"{"offset":"1"}"#, #"{"offset":1e99}"#, "[1]", "7"])
    func `values without an offset have none`(text: String) {
        #expect(SourceOffsetRow.parseValue(Array(text.utf8)) == nil)
    }

    @Test func `values may hold more, in any order`() {
        #expect(SourceOffsetRow.parseValue(Array(#" {"x":[1], "offset" : -1 }"#.utf8)) == -1)
    }

    /// What Java's `Utils.murmur2` returns for these.
    @Test(
        arguments: [
            ("", 275_646_681), ("a", 2_731_586_172), ("ab", 316_155_434), ("abc", 479_470_107), ("abcd", 2_971_317_748),
            ("21", 3_321_034_988), ("foobar", 3_504_634_814), ("a-little-bit-long-string", 3_308_985_760),
        ] as [(String, UInt32)])
    func `keys are hashed as Java hashes them`(key: String, hash: UInt32) {
        #expect(Murmur2.hash(Array(key.utf8)) == hash)
    }
}
