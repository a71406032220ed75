// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicAdministration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Platform

/// A cluster that can be asked.
struct OpenCluster: Sendable {
    let chosen: ChosenCluster
    let observer: TopicObserver

    var alias: ClusterAlias? { chosen.alias }
    var name: String { chosen.name }
    var admin: AdminClient { observer.admin }
    var limit: Duration { observer.limit }

    /// A failure of the cluster as a whole, with its cause and what to do.
    func failure(_ error: KafkaError) -> CommandFailure {
        let diagnosis = ConnectionDiagnosis(
            error, reported: admin.takeClientErrors(), properties: chosen.properties,
            libraryVersion: Clients.libraryVersion)
        return CommandFailure(
            .failed, code: diagnosis.code, "cluster \(name): \(diagnosis.message)", resource: name,
            hint: diagnosis.hint)
    }
}

extension ClusterChoice {
    /// Opens clients for a body, and closes them whatever happens.
    func open<Value>(_ body: ([OpenCluster]) async throws -> Value) async throws -> Value {
        var opened: [OpenCluster] = []
        do {
            for chosen in clusters {
                do throws(KafkaError) {
                    let admin = try AdminClient(chosen.properties, clientID: "tern|\(chosen.name)|cli")
                    let observer = TopicObserver(alias: chosen.alias, admin: admin, limit: timeout)
                    opened.append(OpenCluster(chosen: chosen, observer: observer))
                } catch {
                    throw CommandFailure(
                        .usage, code: error.code.name, "cluster \(chosen.name): \(error.reason)", resource: chosen.name)
                }
            }
            let value = try await body(opened)
            await Self.close(opened)
            return value
        } catch {
            await Self.close(opened)
            throw error
        }
    }

    private static func close(_ opened: [OpenCluster]) async {
        for cluster in opened { await ThreadExecutor.shared.run { cluster.admin.close() } }
    }
}

extension OpenCluster {
    /// A function of its own, as in ``GroupDetail``: the same shape inside a task's closure is compiled wrongly there.
    fileprivate func answer<Value: Sendable>(
        to question: @Sendable (OpenCluster) async throws(KafkaError) -> Value
    ) async -> Result<Value, CommandFailure> {
        do throws(KafkaError) { return .success(try await question(self)) } catch { return .failure(failure(error)) }
    }
}

extension [OpenCluster] {
    /// Asks all clusters at once; the answers are in the clusters' order.
    func ask<Value: Sendable>(
        _ question: @escaping @Sendable (OpenCluster) async throws(KafkaError) -> Value
    ) async -> [(cluster: OpenCluster, answer: Result<Value, CommandFailure>)] {
        let answers = await withTaskGroup(of: (Int, Result<Value, CommandFailure>).self) { group in
            for (index, cluster) in enumerated() {
                group.addTask { (index, await cluster.answer(to: question)) }
            }
            return await group.reduce(into: [Int: Result<Value, CommandFailure>]()) { $0[$1.0] = $1.1 }
        }
        return enumerated().compactMap { index, cluster in answers[index].map { (cluster, $0) } }
    }

    /// Asks all clusters at once.
    /// - Throws: the failure of the first that does not answer.
    func askAll<Value: Sendable>(
        _ question: @escaping @Sendable (OpenCluster) async throws(KafkaError) -> Value
    ) async throws(CommandFailure) -> [Value] {
        var values: [Value] = []
        for (_, answer) in await ask(question) { values.append(try answer.get()) }
        return values
    }
}
