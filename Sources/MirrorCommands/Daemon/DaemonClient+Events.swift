// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import Synchronization
internal import TernAPI

extension DaemonClient {
    /// A daemon says something every ten seconds; one that is silent for longer is gone.
    private static let silence = Duration.seconds(25)

    /// The facts that a daemon still has, oldest first.
    func facts() async throws(CommandFailure) -> [Event] {
        let found = Mutex<[Event]>([])
        _ = try await read(["facts": "", "past": ""], after: nil) { event in found.withLock { $0.append(event) } }
        return found.withLock { $0 }
    }

    /// Hands facts on as they come, until the connection is lost.
    ///
    /// - Parameters:
    ///   - lastID: of the last one that is known; all that the daemon still has come first when it is `nil`.
    ///   - take: called on a thread of its own.
    /// - Returns: the id of the last one.
    func follow(
        after lastID: String?, _ take: @escaping @Sendable (Event) -> Void
    ) async throws(CommandFailure) -> String? {
        try await read(["facts": ""], after: lastID, take)
    }

    private func read(
        _ parameters: KeyValuePairs<String, String>, after lastID: String?, _ take: @escaping @Sendable (Event) -> Void
    ) async throws(CommandFailure) -> String? {
        let request = request(
            Endpoint.events.target(parameters), accepting: "text/event-stream",
            lastID.map { ["Last-Event-ID: \($0)"] } ?? [])
        let (address, login, timeout) = (address, login, timeout)
        let isCancelled = CancelFlag()
        let answer: Result<EventStreamReader, DaemonFailure> = await withTaskCancellationHandler {
            await ThreadExecutor.shared.run {
                do throws(DaemonFailure) {
                    return .success(try Self.exchange(request, with: address, login, timeout, isCancelled, take))
                } catch { return .failure(error) }
            }
        } onCancel: {
            isCancelled.raised.store(true, ordering: .relaxed)
        }
        switch answer {
        case .failure(let failure): throw self.failure(failure)
        case .success(let reader):
            guard let head = reader.head, head.status != 0 else { throw stranger("no HTTP answer") }
            guard head.status == 200 else { throw refused(Endpoint.events.path, head.status, reader.body) }
            guard head.isEventStream else { throw stranger("its answer is no stream of events") }
            return reader.lastID ?? lastID
        }
    }

    private static func exchange(
        _ request: [UInt8], with address: DaemonAddress, _ login: DaemonLogin, _ timeout: Duration,
        _ isCancelled: CancelFlag,
        _ take: (Event) -> Void
    ) throws(DaemonFailure) -> EventStreamReader {
        let connection = try DaemonConnection(to: address, login, by: .now + timeout)
        try connection.send(request, by: .now + timeout)
        var reader = EventStreamReader()
        var heardAt = ContinuousClock.now
        while !isCancelled.raised.load(ordering: .relaxed), !reader.isOver {
            let bytes: [UInt8]
            do throws(DaemonFailure) {
                bytes = try connection.receive(by: .now + .milliseconds(200))
            } catch {
                // Short waits, so that an interrupt is heard; the first bytes have the time that an answer may take.
                let limit = reader.head == nil ? timeout : silence
                guard error.isTimeout, ContinuousClock.now - heardAt < limit else {
                    if reader.head != nil { return reader }
                    throw error
                }
                continue
            }
            if bytes.isEmpty { return reader }
            heardAt = .now
            for event in reader.take(bytes) { take(event) }
        }
        return reader
    }
}

private final class CancelFlag: Sendable {
    let raised = Atomic(false)
}
