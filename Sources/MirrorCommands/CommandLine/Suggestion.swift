// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody may have meant. It is only ever said, never done.
enum Suggestion {
    /// The nearest of the candidates, when it is near enough to be meant: about one slip in three letters.
    static func nearest(to text: String, in candidates: [String]) -> String? {
        let typed = Array(text.lowercased().unicodeScalars)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(typed, Array(candidate.lowercased().unicodeScalars))
            if distance < (best?.distance ?? .max) { best = (candidate, distance) }
        }
        guard let best else { return nil }
        if best.distance <= max(1, typed.count / 3) { return best.name }
        // A beginning says what was meant, however much is missing.
        let beginnings = candidates.filter { text.count >= 2 && $0.lowercased().hasPrefix(text.lowercased()) }
        return beginnings.count == 1 ? beginnings.first : nil
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for i in 1...left.count {
            var current = [i] + Array(repeating: 0, count: right.count)
            for j in 1...right.count {
                let replacement = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                current[j] = min(previous[j] + 1, current[j - 1] + 1, replacement)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    current[j] = min(current[j], beforePrevious[j - 2] + 1)
                }
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
