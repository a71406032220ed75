// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct ControlTableTests {
    private let order = ControlOrder(by: "alice@mirror-1", at: 1_764_000_000_000, reason: "bad \"deploy\"")
    private let place = TopicPartition("orders", 3)

    @Test(arguments: [ControlScope.flow, .topic("or-ders"), .partition(TopicPartition("訂單", 3))])
    func `a row is read as it was written`(scope: ControlScope) throws {
        for kind in [ControlRow.Kind.pause, .restart, .progress] {
            let key = ControlRow.Key(kind, scope)
            #expect(ControlRow.parseKey(ControlRow.key(key)) == key)
        }
        #expect(ControlRow.parseOrder(ControlRow.value(order)) == order)
        for answer in [ProgressOrder.Answer?.none, .done, .refused("another cluster")] {
            for offset in [Int64?.none, -1, 41] {
                let wanted = ProgressOrder(id: "7", order: order, offset: offset, sourceID: "abc", answer: answer)
                #expect(ControlRow.parseProgressOrder(ControlRow.value(wanted)) == wanted)
            }
        }
    }

    @Test func `keys are the same bytes whoever writes them`() {
        #expect(
            String(decoding: ControlRow.key(.init(.pause, .partition(place))), as: UTF8.self)
                == #"{"kind":"pause","topic":"orders","partition":3}"#)
        #expect(String(decoding: ControlRow.key(.init(.pause, .flow)), as: UTF8.self) == #"{"kind":"pause"}"#)
    }

    @Test(arguments: [
        #"{"kind":"sing"}"#, "pause", #"{"kind":"pause","topic":"t","partition":-1}"#,
        #"{"kind":"pause","topic":"t","partition":99999999999}"#,
    ])
    func `a key of another version pauses nothing`(key: String) {
        var table = ControlTable()
        table.take(key: Array(key.utf8), value: Array("{}".utf8), at: 0)
        #expect(table == ControlTable())
    }

    @Test func `a pause holds whatever its value says, and ends with a null`() {
        var table = ControlTable()
        let key = ControlRow.key(.init(.pause, .topic("orders")))
        table.take(key: key, value: Array("not json".utf8), at: 0)
        #expect(table.paused.contains(place))
        #expect(table.pause(of: place)?.order.by == "unknown")
        table.take(key: key, value: nil, at: 1)
        #expect(table.paused == Pauses())
    }

    @Test func `a partition is paused by its flow, its topic or itself, and the widest is named`() {
        var table = ControlTable()
        for (index, scope) in [ControlScope.partition(place), .topic("orders"), .flow].enumerated() {
            table.take(key: ControlRow.key(.init(.pause, scope)), value: ControlRow.value(order), at: Int64(index))
            #expect(table.pause(of: place)?.scope == scope)
        }
        #expect(table.paused.contains(TopicPartition("bills", 0)))
        table.take(key: ControlRow.key(.init(.pause, .flow)), value: nil, at: 3)
        #expect(table.paused.contains(TopicPartition("orders", 4)))
        #expect(!table.paused.contains(TopicPartition("bills", 0)))
        #expect(table.pauses.keys.sorted().map(\.description) == ["orders", "orders/3"])
    }

    @Test func `a restart is due once, for those that began to read before it`() {
        var table = ControlTable()
        table.take(key: ControlRow.key(.init(.restart, .flow)), value: ControlRow.value(order), at: 4)
        table.take(key: ControlRow.key(.init(.restart, .topic("orders"))), value: ControlRow.value(order), at: 9)
        #expect(table.restarts(from: 5).map(\.scope) == [.topic("orders")])
        #expect(table.restarts(from: 0).map(\.scope) == [.flow, .topic("orders")])
        #expect(table.restarts(from: 10).isEmpty)
    }

    @Test(arguments: [
        #"{"id":"7","source_id":"a"}"#, #"{"id":"7","source_id":"a","offset":-2}"#, "null", "{",
        #"{"id":"7","source_id":"a","offset":"41"}"#, #"{"id":"7","offset":41}"#,
    ])
    func `progress is never set by a row that cannot be read`(value: String) {
        var table = ControlTable()
        table.take(key: ControlRow.key(.init(.progress, .partition(place))), value: Array(value.utf8), at: 0)
        #expect(table.openProgressOrders.isEmpty)
    }

    @Test func `an order is open until it is answered`() {
        var table = ControlTable()
        var wanted = ProgressOrder(id: "7", order: order, offset: nil, sourceID: "a")
        let key = ControlRow.key(.init(.progress, .partition(place)))
        table.take(key: key, value: ControlRow.value(wanted), at: 0)
        #expect(table.openProgressOrders == [place: wanted])
        wanted.answer = .done
        table.take(key: key, value: ControlRow.value(wanted), at: 1)
        #expect(table.openProgressOrders.isEmpty)
        #expect(table.progressOrders[place] == wanted)
    }
}
