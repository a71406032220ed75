// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Synchronization
internal import Telemetry

/// Counts what the server answers.
final class HTTPMeter: Sendable {
    struct Key: Hashable, Comparable {
        let route: String
        let method: String
        let status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    struct Snapshot: Sendable {
        var requests: [Key: Int64] = [:]
        var durations: [String: HistogramValue] = [:]
    }

    private let state = Mutex(Snapshot())

    var snapshot: Snapshot { state.withLock { $0 } }

    /// - Parameter seconds: how long the answer took to make; `nil` when it was refused before anything was made.
    func record(method: String, response: Response, seconds: Double?) {
        let key = Key(route: response.route, method: Self.bounded(method), status: response.status)
        state.withLock { state in
            state.requests[key, default: 0] += 1
            guard let seconds else { return }
            state.durations[response.route, default: HistogramValue(bounds: HistogramSnapshot.bounds)].record(seconds)
        }
    }

    /// A client can send any method; a label must not follow it.
    private static func bounded(_ method: String) -> String {
        switch method {
        case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH": method
        default: "other"
        }
    }
}
