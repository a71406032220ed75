// SPDX-License-Identifier: Apache-2.0
internal import Patterns

/// Flows mostly have the same patterns, and compiling one takes a while.
struct PatternCache {
    private var lists: [[String]: Result<NamePatternList, NamePatternProblem>] = [:]

    mutating func list(_ entries: [String]) -> Result<NamePatternList, NamePatternProblem> {
        // Equal texts in other code points are other patterns.
        let key = entries.map { $0.unicodeScalars.map(\.value).description }
        if let known = lists[key] { return known }
        let result: Result<NamePatternList, NamePatternProblem>
        do {
            result = .success(try NamePatternList(entries))
        } catch {
            result = .failure(error)
        }
        lists[key] = result
        return result
    }
}
