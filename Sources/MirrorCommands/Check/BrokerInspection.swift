// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes

/// A broker that a cluster advertises and that a client of this machine does not get to. The cluster answers all the same,
/// by its other brokers or under the address in `bootstrap.servers`; flows do not get further.
struct UnreachableBroker: Sendable {
    let broker: BrokerDescription
    let diagnosis: ConnectionDiagnosis

    static func address(of broker: BrokerDescription) -> String {
        // As librdkafka writes it.
        broker.host.contains(":") ? "[\(broker.host)]:\(broker.port)" : "\(broker.host):\(broker.port)"
    }

    func finding(at place: String) -> CheckFinding {
        CheckFinding(
            .error, at: place, code: "BROKER_UNREACHABLE",
            "broker \(broker.id), advertised as \(Self.address(of: broker)): \(diagnosis.message)",
            hint: diagnosis.hint ?? "is it running, and is its advertised.listeners right for this machine?")
    }
}

extension ClusterInspector {
    /// Asks each broker something at once. A refusal is an answer.
    func unreachableBrokers(
        of description: ClusterDescription, _ cluster: ClusterConfiguration, _ admin: AdminClient
    ) async -> [UnreachableBroker] {
        let failures = await withTaskGroup(of: (BrokerDescription, KafkaError?).self) { group in
            for broker in description.brokers {
                group.addTask { (broker, await failure(of: broker, admin)) }
            }
            return await group.reduce(into: [(BrokerDescription, KafkaError)]()) { failures, answer in
                if let error = answer.1 { failures.append((answer.0, error)) }
            }
        }
        guard !failures.isEmpty else { return [] }
        let (reported, refused) = (admin.takeClientErrors(), admin.takeRefusedCertificates())
        return failures.sorted { $0.0.id < $1.0.id }.map { broker, error in
            let address = UnreachableBroker.address(of: broker)
            let diagnosis = ConnectionDiagnosis(
                error, reported: reported.filter { $0.reason.contains(address + "/") },
                properties: cluster.adminProperties, libraryVersion: Clients.libraryVersion,
                addressKey: "its advertised.listeners")
            let complaint = refused.filter { $0.broker == address }.lazy.compactMap(CertificateComplaint.init).first
            return UnreachableBroker(
                broker: broker, diagnosis: complaint.map(diagnosis.explained) ?? diagnosis)
        }
    }

    /// The corresponding C function is `rd_kafka_DescribeConfigs`, whose request for a broker goes to that broker.
    private func failure(of broker: BrokerDescription, _ admin: AdminClient) async -> KafkaError? {
        do throws(KafkaError) {
            _ = try await admin.describeConfiguration(broker: broker.id, within: timeout)
            return nil
        } catch {
            let silent: [KafkaErrorCode] = [
                ._timedOut, ._transport, ._allBrokersDown, ._ssl, ._resolve, ._authentication,
            ]
            return silent.contains(error.code) ? error : nil
        }
    }
}
