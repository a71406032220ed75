// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import Mirroring
internal import TernAPI
public import TernConfiguration

extension MirrorWeb {
    /// Asks the engine where a position is on a flow's target.
    public typealias Translate = @Sendable (FlowName, TopicPartition, Int64) -> PositionAnswer

    func groups(_ request: Request) -> Response {
        let status = status()
        do throws(QueryReader.Problem) {
            let query = try QueryReader(request.query, of: .groups, flows: status.flowNames)
            return .report(GroupReport(status, flow: query["flow"], now: now()), to: request)
        } catch {
            return error.response(to: request)
        }
    }

    func translate(_ request: Request, by translate: Translate) -> Response {
        let status = status()
        do throws(QueryReader.Problem) {
            let query = try QueryReader(request.query, of: .translate, flows: status.flowNames)
            guard let flow = status.flows.map(\.name).first(where: { $0.description == query["flow"] }),
                let topic = query["topic"], let partition = query["partition"].flatMap({ Int32($0) }),
                let offset = query["offset"].flatMap({ Int64($0) })
            else { throw QueryReader.Problem(detail: "a parameter has a value that it cannot have") }
            let place = TopicPartition(TopicName(topic), partition)
            switch translate(flow, place, offset) {
            case .translated(let found):
                return .report(TranslationReport(flow, place, offset, found), to: request)
            case .flowUnknown: throw .init(detail: "there is no flow '\(flow)'", status: 404)
            case .topicUnknown: throw .init(detail: "\(flow) does not mirror the topic '\(topic)'", status: 404)
            case .partitionUnknown(let count):
                throw .init(
                    detail:
                        "\(topic) has \(count) partition\(count == 1 ? "" : "s"), numbered from 0: there is no \(partition)",
                    status: 404)
            case .elsewhere:
                return Self.cannotTell(
                    "this daemon does not carry lane 0 of \(flow): ask the daemon of the flow that does, which translates its "
                        + "groups", request)
            case .off:
                return Self.cannotTell(
                    "\(flow) translates no groups: set \(flow).emit.checkpoints.enabled=true, or sync.group.offsets.enabled",
                    request)
            case .notReady(let reason): return Self.cannotTell("\(flow): \(reason)", request)
            }
        } catch {
            return error.response(to: request)
        }
    }

    private static func cannotTell(_ reason: String, _ request: Request) -> Response {
        .problem(503, "cannot-translate", "Cannot translate", detail: reason, instance: request.path)
    }
}

extension MirrorStatus {
    /// Of the flows that are enabled, in their order.
    var flowNames: [String] { flows.filter(\.isEnabled).map(\.name).sorted().map(\.description) }
}
