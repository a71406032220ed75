// SPDX-License-Identifier: Apache-2.0
import Text

/// How long what has failed rests before it is tried again: twice as long after each further failure, up to a limit.
///
/// Up to a quarter less each time, by who tries and how often it has failed (jitter): what failed together does not come back
/// together. The same name and number give the same pause, so a run can be repeated.
public struct BackOff: Sendable, Equatable {
    public var first: Duration
    public var longest: Duration

    public init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// Of a record that is refused, or a topic that is gone.
    public static let ofRefusals = BackOff(first: .seconds(1), longest: .seconds(30))

    /// - Parameters:
    ///   - failures: how many have followed each other, at least 1.
    ///   - name: who tries.
    public func pause(after failures: Int, of name: String) -> Duration {
        var pause = first
        for _ in 1..<max(1, failures) where pause < longest { pause *= 2 }
        var print = Fingerprint()
        print.add(name)
        print.add("\(failures)")
        return min(pause, longest) * (1 - Double(print.value >> 40) / Double(1 << 26))
    }
}
