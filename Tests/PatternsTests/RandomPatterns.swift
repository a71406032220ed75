// SPDX-License-Identifier: Apache-2.0
import KafkaTesting

/// Patterns and names out of few characters, so that they often match.
///
/// Word borders are not among them: until Java 18 all letters were those of words there, since 19 ASCII's.
struct RandomPatterns {
    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(seed: seed) }

    mutating func question() -> Java.Question {
        let pattern = alternatives(depth: 0)
        let fixed = ["", "a", "ab", "aab", "aba", "A", "\n", "a\n", "a\r\n", "é", "a\u{85}", "aaa"]
        return Java.Question(pattern, fixed + (0..<20).map { _ in name() })
    }

    private mutating func name() -> String {
        var name = ""
        for _ in 0..<number(below: 6) {
            name.unicodeScalars.append(chance(85) ? one(of: Self.plain) : one(of: Self.scalars))
        }
        return name
    }

    private mutating func alternatives(depth: Int) -> String {
        let count = one(of: [1, 1, 2, 3])
        return (0..<count).map { _ in sequence(depth) }.joined(separator: "|")
    }

    private mutating func sequence(_ depth: Int) -> String {
        var text = ""
        for _ in 0..<(chance(5) ? 0 : 1 + number(below: 3)) {
            text += atom(depth)
            if chance(35) { text += one(of: Self.quantifiers) + one(of: ["", "", "?", "+"]) }
        }
        return text
    }

    private mutating func atom(_ depth: Int) -> String {
        switch number(below: depth > 2 ? 66 : 100) {
        case ..<35: character()
        case ..<42: "."
        case ..<52: characterClass(depth: 0)
        case ..<57: one(of: ["^", "$", "\\Z", "\\z", "\\A"])
        case ..<64: one(of: Self.escapes)
        case ..<66: one(of: ["(?i)", "(?s)", "(?m)", "(?-i)", "(?im)", "\\1", "\\2"])
        default: one(of: Self.groups) + alternatives(depth: depth + 1) + ")"
        }
    }

    private mutating func character() -> String {
        let scalar = one(of: Self.scalars)
        let text = String(Character(scalar))
        if ".&^]- ".unicodeScalars.contains(scalar), chance(50) { return "\\" + text }
        return "\n\r\u{85}\u{2028}".unicodeScalars.contains(scalar) && chance(70) ? "b" : text
    }

    private mutating func characterClass(depth: Int) -> String {
        var text = "[" + (chance(25) ? "^" : "")
        for _ in 0..<(1 + number(below: 3)) {
            switch number(below: 100) {
            case ..<20: text += one(of: Self.classItems)
            case ..<35 where depth < 2: text += characterClass(depth: depth + 1)
            case ..<50: text += "&&" + (depth < 2 && chance(60) ? characterClass(depth: depth + 1) : character())
            case ..<55: text += "&"
            default: text += character()
            }
        }
        return text + "]"
    }

    // Chance

    private mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    private mutating func chance(_ percent: Int) -> Bool { number(below: 100) < percent }
    private mutating func one<Element>(of choices: [Element]) -> Element { choices[number(below: choices.count)] }

    private static let plain = Array("aabbAB1_.kéÉ".unicodeScalars)
    private static let scalars = Array("abAB1_.-&kéÉ\u{212A}\n\r\u{85}\u{2028} ^]".unicodeScalars)
    private static let quantifiers = ["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}", "{0}"]
    private static let groups = [
        "(", "(", "(?:", "(?:", "(?>", "(?=", "(?!", "(?<=", "(?<!", "(?i:", "(?<n>", "(?m:",
    ]
    private static let escapes = [
        "\\w", "\\d", "\\S", "\\pL", "\\p{Lower}", "\\p{Lu}", "\\P{Punct}", "\\Qa.\\E", "\\Q*\\E", "\\W", "\\v",
        "\\p{Ll}", "\\p{L1}", "\\p{Alpha}", "\\x{e9}", "\\0101", "\\cA", "\\t", "\\p{LC}", "\\p{LD}", "\\p{C}",
    ]
    private static let classItems = [
        "a-c", "A-K", "b-", "-a", "0-9", "\\d", "\\W", "\\s", "\\p{Lu}", "\\P{L}", "\\p{Punct}", "\\Qa-\\E", "\\h",
        "\\p{Lower}", "\\p{IsL}", "\\D", "\\x41", "\\u00e9",
    ]
}
