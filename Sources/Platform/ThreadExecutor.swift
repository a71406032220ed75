// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc
internal import Synchronization

/// Runs blocking calls that return on threads of its own; a loop that lives long belongs on ``runOnOwnThread(name:_:)``.
///
/// Swift's cooperative pool has as many threads as cores, and Dispatch draws on the same workers: a handful of calls
/// that block there stop everything else (docs/architecture.md has the numbers).
public final class ThreadExecutor: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var idle = 0
        var threads = 0
    }
    private let name: String
    private let limit: Int
    private let state = Mutex(State())
    private let ready = Semaphore()

    /// - Parameter limit: how many calls may block at once; further ones wait their turn.
    public init(name: String, limit: Int = 64) {
        self.name = name
        self.limit = limit
    }

    /// The executor for whatever has none of its own.
    public static let shared = ThreadExecutor(name: "tern-blocking")

    /// Runs a call that may block, on a thread where it may.
    public func run<Value: Sendable, Failure: Error>(
        _ call: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            submit {
                do throws(Failure) { continuation.resume(returning: .success(try call())) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Runs a call that may block, and waits for it no longer than the limit: the call goes on by itself, and what it returns
    /// then is dropped. The limit counts from here on, so a pool that has no free thread does not hold the caller up either.
    ///
    /// - Returns: `nil` when the limit came first.
    public func run<Value: Sendable>(within limit: Duration, _ call: @escaping @Sendable () -> Value) async -> Value? {
        let (answers, stream) = AsyncStream<Value>.makeStream()
        submit {
            stream.yield(call())
            stream.finish()
        }
        let deadline = Task {
            try await ContinuousClock().sleep(for: limit)
            stream.finish()
        }
        defer { deadline.cancel() }
        return await answers.first { _ in true }
    }

    private func submit(_ job: @escaping @Sendable () -> Void) {
        let startsThread = state.withLock { state in
            state.jobs.append(job)
            guard state.idle < state.jobs.count, state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        ready.signal()
        if startsThread { startWorker() }
    }

    /// Workers live as long as the process, like those of any pool: nothing waits for them, so they are detached.
    private func startWorker() {
        detachThread(name: name) { [self] in
            while true {
                state.withLock { $0.idle += 1 }
                ready.wait()
                let job = state.withLock { state in
                    state.idle -= 1
                    return state.jobs.isEmpty ? nil : state.jobs.removeFirst()
                }
                job?()
            }
        }
    }
}

/// A counting semaphore of the C library.
final class Semaphore: @unchecked Sendable {  // POSIX: sem_post and sem_wait are thread-safe
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }
    func signal() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }

    func wait(within limit: Duration) {
        let (seconds, attoseconds) = limit.components
        _ = tern_semaphore_wait(semaphore, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
