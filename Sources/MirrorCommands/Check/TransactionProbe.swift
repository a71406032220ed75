// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes

/// Takes a transactional id: a broker gives it, or says what is in the way, a right or the time-out that is asked for.
enum TransactionProbe {
    /// Blocks until the broker has answered, or the time has passed.
    /// - Returns: why there can be no transaction; `nil` where there can.
    static func problem(_ properties: ClientProperties, within limit: Duration) -> KafkaError? {
        let deadline = ContinuousClock.now + limit
        do throws(KafkaError) {
            let producer = try Producer(properties, clientID: "tern|check")
            defer { producer.close(purging: true) }
            let calls = try producer.transactionalCalls()
            while true {
                do throws(KafkaError) {
                    try calls.initialise(within: max(.zero, min(.seconds(1), deadline - .now)))
                    return nil
                } catch {
                    guard error.remedy == .retry, ContinuousClock.now < deadline else { return error }
                }
            }
        } catch { return error }
    }
}
