// SPDX-License-Identifier: Apache-2.0
internal import CMicroHTTPD
internal import Synchronization

/// An answer that comes later. No thread waits for it: its connection rests.
public struct LaterAnswer: Sendable {
    /// Begins to wait; calls what it is handed once, from any thread, at once or later.
    let begin: @Sendable (_ answer: @escaping @Sendable (Response) -> Void) -> Void

    public init(begin: @escaping @Sendable (_ answer: @escaping @Sendable (Response) -> Void) -> Void) {
        self.begin = begin
    }
}

/// The connections of one server that rest until their answer comes.
final class Suspensions: Sendable {
    private struct Resting: @unchecked Sendable {  // resumed under the lock, once, and not touched afterwards
        let connection: OpaquePointer
        let exchange: Exchange
    }

    private struct State {
        var lastID: UInt64 = 0
        var resting: [UInt64: Resting] = [:]
        var isOver = false
    }

    private let state = Mutex(State())

    /// Lets a connection rest: the access handler is called again once it has its answer.
    ///
    /// - Returns: `false` when the server stops.
    func suspend(_ connection: OpaquePointer, _ exchange: Exchange, until later: LaterAnswer) -> Bool {
        let resting = Resting(connection: connection, exchange: exchange)
        let id = state.withLock { state -> UInt64? in
            guard !state.isOver else { return nil }
            MHD_suspend_connection(resting.connection)
            state.lastID += 1
            state.resting[state.lastID] = resting
            return state.lastID
        }
        guard let id else { return false }
        later.begin { [self] in resume(id, $0) }
        return true
    }

    private func resume(_ id: UInt64, _ response: Response) {
        state.withLock { state in
            guard let resting = state.resting.removeValue(forKey: id) else { return }
            resting.exchange.answer = response
            MHD_resume_connection(resting.connection)
        }
    }

    /// Answers all that rest, and lets none rest any more: MHD does not stop while one does.
    func end() {
        state.withLock { state in
            state.isOver = true
            for resting in state.resting.values {
                resting.exchange.answer = Self.stopping
                MHD_resume_connection(resting.connection)
            }
            state.resting = [:]
        }
    }

    static var stopping: Response {
        var response = Response.problem(503, "stopping", "Stopping", detail: "the daemon stops; ask another, or again")
        response.closesConnection = true
        return response
    }
}
