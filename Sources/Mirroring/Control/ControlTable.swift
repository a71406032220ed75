// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
internal import TernConfiguration

/// What the rows of a control topic say together: the last row of each key counts.
public struct ControlTable: Sendable, Equatable {
    /// A restart is no state: it is due once, for those that have not seen it.
    public struct Restart: Sendable, Equatable {
        public var order: ControlOrder
        /// Its offset in the topic.
        public var position: Int64
    }

    public private(set) var pauses: [ControlScope: ControlOrder] = [:]
    public private(set) var restarts: [ControlScope: Restart] = [:]
    public private(set) var progressOrders: [TopicPartition: ProgressOrder] = [:]

    /// What the controller that acts has written last, and its offset in the topic.
    public private(set) var failover: (row: FailoverRow, position: Int64)?
    public private(set) var failoverPause: ControlOrder?
    public private(set) var failoverRearm: Restart?
    /// Topics of drills that are carried now.
    public private(set) var drills: [TopicName: ControlOrder] = [:]

    public init() {}

    public static func == (left: ControlTable, right: ControlTable) -> Bool {
        left.pauses == right.pauses && left.restarts == right.restarts
            && left.progressOrders == right.progressOrders && left.failover?.position == right.failover?.position
            && left.failover?.row == right.failover?.row && left.failoverPause == right.failoverPause
            && left.failoverRearm == right.failoverRearm && left.drills == right.drills
    }

    /// - Parameter position: the row's offset.
    public mutating func take(key: [UInt8], value: [UInt8]?, at position: Int64) {
        guard let key = ControlRow.parseKey(key) else { return }
        switch key.kind {
        case .pause: pauses[key.scope] = value.map(ControlRow.parseOrder)
        case .restart:
            restarts[key.scope] = value.map { Restart(order: ControlRow.parseOrder($0), position: position) }
        case .progress:
            guard let place = key.scope.place else { return }
            progressOrders[place] = value.flatMap(ControlRow.parseProgressOrder)
        case .failover: takeFailover(value, position)
        case .drill:
            guard let topic = key.scope.topic, DrillNames.isDrill(topic) else { return }
            drills[topic] = value.map(ControlRow.parseOrder)
        case .failoverPause: failoverPause = value.map(ControlRow.parseOrder)
        case .failoverRearm:
            failoverRearm = value.map { Restart(order: ControlRow.parseOrder($0), position: position) }
        }
    }

    private mutating func takeFailover(_ value: [UInt8]?, _ position: Int64) {
        guard let value else { return failover = nil }
        guard let row = ControlRow.parseFailoverRow(value), row.follows(failover?.row) else { return }
        failover = (row, position)
    }

    public var paused: Pauses { Pauses(Set(pauses.keys)) }

    /// The pause that a partition rests by: the widest.
    public func pause(of place: TopicPartition) -> (scope: ControlScope, order: ControlOrder)? {
        for scope in [ControlScope.flow, .topic(place.topic), .partition(place)] {
            if let order = pauses[scope] { return (scope, order) }
        }
        return nil
    }

    /// Orders that nobody has carried out yet.
    public var openProgressOrders: [TopicPartition: ProgressOrder] { progressOrders.filter { $0.value.answer == nil } }

    /// Restarts that were ordered at this offset of the topic or later, in their order.
    public func restarts(from position: Int64) -> [(scope: ControlScope, order: ControlOrder)] {
        restarts.filter { $0.value.position >= position }.sorted { $0.value.position < $1.value.position }
            .map { ($0.key, $0.value.order) }
    }
}
