// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Synchronization
import Telemetry
import TernConfiguration

/// What a start says of the librdkafka that was loaded.
extension MirrorDaemon {
    /// The librdkafka that was loaded, which may be another one than at the last start, and what is known of it.
    func tellLibrary() {
        let version = LibraryVersion(parsing: Clients.libraryVersion)
        let limitations = version?.limitations.map(\.code).joined(separator: ",") ?? ""
        log.info(
            .clientVersion,
            [LogField("librdkafka", Clients.libraryVersion)]
                + (limitations.isEmpty ? [] : [LogField("lacks", limitations)]))
        guard let version else { return }
        for fault in version.faults {
            log.warning(.clientVersionFault, [LogField("fault", fault.code), .reason(fault.sentence(of: version))])
        }
    }

    /// Settings of the file that the loaded librdkafka is too old for.
    func tellUnknownProperties() {
        let configuration = setup.withLock(\.configuration)
        let properties =
            configuration.clusters.map(\.adminProperties)
            + configuration.flows.filter(\.isEnabled).flatMap { [$0.consumerProperties, $0.producerProperties] }
        let unknown = Dictionary(properties.flatMap(NewerProperties.unknown).map { ($0.key, $0.since) }) { first, _ in
            first
        }
        for (key, since) in unknown.sorted(by: { $0.key < $1.key }) {
            log.warning(
                .clientPropertyUnknown,
                [
                    LogField("key", key),
                    .reason("librdkafka \(Clients.libraryVersion) does not know it; it takes \(since)"),
                ])
        }
    }
}
