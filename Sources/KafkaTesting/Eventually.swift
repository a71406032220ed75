// SPDX-License-Identifier: Apache-2.0

/// A condition that did not come true in time.
public struct NeverHappened: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Asks a question again and again until it is answered with true: the only way for a test to wait. The pause between
/// two questions grows from one millisecond to 50.
public func eventually(
    within limit: Duration = .seconds(10), _ what: String = "the condition", _ question: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    var pause = Duration.milliseconds(1)
    while true {
        if try await question() { return }
        guard ContinuousClock.now < deadline else {
            throw NeverHappened("\(what) did not come true within \(limit)")
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(50))
    }
}

/// The same for code that owns its thread: the question itself is what waits, a poll with a timeout. Where both would do,
/// the other one is meant.
@_disfavoredOverload
public func eventually(
    within limit: Duration = .seconds(10), _ what: String = "the condition", polling question: () throws -> Bool
) throws {
    let deadline = ContinuousClock.now + limit
    while try !question() {
        guard ContinuousClock.now < deadline else {
            throw NeverHappened("\(what) did not come true within \(limit)")
        }
    }
}
