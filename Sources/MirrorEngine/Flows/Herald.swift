// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Platform

/// A producer that sends nothing: see ``Flow/sendHerald()``. Its thread reads what the client says of itself, which would pile up
/// else, and ends the client, which blocks.
final class Herald: Sendable {
    private let dismissal = Mailbox<Void>()

    init(_ properties: ClientProperties, clientID: String, traffic: ClientTraffic) {
        Task { [dismissal] in
            await runOnOwnThread(name: "herald") {
                // Where none can be made, the lanes' own tell why.
                guard let producer = try? Producer(properties, clientID: clientID, traffic: traffic) else { return }
                while dismissal.takeAll(within: .seconds(1)).isEmpty {
                    producer.pollDeliveries(within: .zero) { _ in }
                    _ = producer.takeFailures()
                }
                producer.close(purging: true)
            }
        }
    }

    func dismiss() { dismissal.post(()) }
}
