// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Synchronization

/// Makes the calls that wait for the transaction coordinator, on a thread of its own: the lane serves reports and commands meanwhile.
final class TransactionWorker {
    enum Request: Sendable {
        case fence, commit
        /// - Parameter asksWhy: a delivery failed without a reason of its own. A commit, which librdkafka refuses then, has it.
        case abort(asksWhy: Bool)
    }

    struct Answer: Sendable {
        var request: Request
        var ending: TransactionMachine.Ending
        var error: KafkaError?
    }

    private enum Job: Sendable {
        case call(Request, TransactionalCalls, wakes: Interrupter)
        case end
    }

    /// A call is asked for its answer this often, and gives up where the lane ends.
    private static let slice = Duration.milliseconds(200)
    /// Without an answer for so long a client is thrown away.
    private static let limit = Duration.seconds(10)

    private let room: Room
    private var thread: OwnedThread?
    private(set) var isBusy = false

    init(name: String) {
        let room = Room()
        self.room = room
        thread = OwnedThread(name: name) { room.run() }
    }

    func ask(_ request: Request, _ calls: TransactionalCalls, waking interrupter: Interrupter) {
        isBusy = true
        room.jobs.post(.call(request, calls, wakes: interrupter))
    }

    func answer() -> Answer? {
        guard let answer = room.answers.takeAll().last else { return nil }
        isBusy = false
        return answer
    }

    /// Waits for the answer to what was asked last.
    func answer(within limit: Duration) -> Answer? {
        guard isBusy, let answer = room.answers.takeAll(within: limit).last else { return nil }
        isBusy = false
        return answer
    }

    /// Returns when no call is under way any more.
    func end() {
        guard let thread = thread.take() else { return }
        room.isEnding.store(true, ordering: .releasing)
        room.jobs.post(.end)
        thread.join()
    }

    /// What the lane and the thread share.
    private final class Room: Sendable {
        let jobs = Mailbox<Job>()
        let answers = Mailbox<Answer>()
        let isEnding = Atomic<Bool>(false)

        func run() {
            while !isEnding.load(ordering: .acquiring) {
                for job in jobs.takeAll(within: .seconds(3600)) {
                    guard case .call(let request, let calls, let interrupter) = job else { return }
                    answers.post(perform(request, calls))
                    interrupter.interrupt()
                }
            }
        }

        private func perform(_ request: Request, _ calls: TransactionalCalls) -> Answer {
            switch request {
            case .fence:
                let error = repeated { (limit) throws(KafkaError) in try calls.initialise(within: limit) }
                return Answer(request: request, ending: ending(of: error), error: error)
            case .commit:
                let error = repeated { (limit) throws(KafkaError) in try calls.commit(within: limit) }
                return Answer(request: request, ending: ending(of: error), error: error)
            case .abort(let asksWhy):
                var cause: KafkaError?
                if asksWhy {
                    cause = repeated { (limit) throws(KafkaError) in try calls.commit(within: limit) }
                    // It cannot be, and if it were, only what is stored could be believed.
                    guard let cause else { return Answer(request: request, ending: .fenced, error: nil) }
                    if cause.isFatal { return Answer(request: request, ending: .fenced, error: cause) }
                }
                let error = repeated { (limit) throws(KafkaError) in try calls.abort(within: limit) }
                // A broker that has refused all partitions of a transaction knows none that it could abort.
                let isUnknown = error?.code == .invalidTxnState
                let how = isUnknown ? TransactionMachine.Ending.refused : ending(of: error)
                return Answer(request: request, ending: how, error: cause ?? error)
            }
        }

        /// - Returns: what ended it; `nil` when it was done.
        private func repeated(
            _ call: (Duration) throws(KafkaError) -> Void
        ) -> KafkaError? {
            let deadline = ContinuousClock.now + TransactionWorker.limit
            while true {
                do throws(KafkaError) {
                    try call(TransactionWorker.slice)
                    return nil
                } catch {
                    guard error.remedy == .retry, !isEnding.load(ordering: .acquiring), ContinuousClock.now < deadline
                    else { return error }
                }
            }
        }

        private func ending(of error: KafkaError?) -> TransactionMachine.Ending {
            guard let error else { return .done }
            if error.isFatal || error.remedy == .recreateClient { return .fenced }
            return error.remedy == .abortTransaction ? .refused : .unknown
        }
    }
}
