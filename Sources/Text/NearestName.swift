// SPDX-License-Identifier: Apache-2.0

/// The name that a misspelt one most likely stands for. It is only ever suggested, never used.
public enum NearestName {
    /// The nearest of the candidates, or `nil` when none is near. Case and the characters between words do not count
    /// (`retentionMs`, `retention_ms`), nor does a unit that was left out (`retention`); beyond that a third of the
    /// letters may differ, two swapped neighbours counting as one. The first of equally near candidates wins. Where none
    /// is that near, a beginning of two letters or more says what was meant if one candidate alone has it.
    public static func of(_ name: String, among candidates: some Collection<String>) -> String? {
        let wanted = letters(name)
        guard !wanted.isEmpty, wanted.count <= 80 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let known = letters(candidate)
            let distance =
                known == wanted
                ? 0 : isWholeWordPrefix(wanted, of: candidate) ? 1 : editDistance(Array(wanted), Array(known))
            guard distance <= max(1, known.count / 3), distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        if let best { return best.name }
        let beginnings = candidates.filter { wanted.count >= 2 && letters($0).starts(with: wanted) }
        return beginnings.count == 1 ? beginnings.first : nil
    }

    private static func letters(_ name: String) -> [Character] {
        name.lowercased().filter { $0.isLetter || $0.isNumber }.map { $0 }
    }

    private static func isWholeWordPrefix(_ wanted: [Character], of candidate: String) -> Bool {
        let words = candidate.lowercased().split { !$0.isLetter && !$0.isNumber }
        var start: [Character] = []
        for word in words.dropLast() {
            start += word
            if start == wanted { return true }
        }
        return false
    }

    /// Damerau's distance in its restricted form: insert, remove, replace, swap neighbours.
    private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast = [Int]()
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for column in right.indices {
                var best = min(last[column + 1] + 1, current[column] + 1)
                best = min(best, last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
