// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc

/// Runs a loop that lives long on a thread of its own; returns when it has ended.
///
/// ``ThreadExecutor`` has a limited number of threads, for calls that return: two loops a flow would use them up.
public func runOnOwnThread(name: String, _ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        detachThread(name: name) {
            body()
            continuation.resume()
        }
    }
}

/// Starts a thread that nobody waits for.
package func detachThread(name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            tern_set_thread_name(start.name)
            start.body()
            return nil
        }, start.toOpaque())
    precondition(code == 0, "pthread_create for \(name): \(String(cString: strerror(code)))")
    pthread_detach(thread)
}
