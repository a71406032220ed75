// SPDX-License-Identifier: Apache-2.0

/// Unicode's general categories by the names that patterns use: `L`, `Lu`, `Nd`, …
enum GeneralCategories {
    /// The scalars of a category or, by its first letter, of a group of them; `nil` for a name that is neither.
    static func set(named name: String, ignoringCase: Bool) -> ScalarSet? {
        // Java takes the three cases of letters for one where case does not count.
        if ignoringCase, ["Lu", "Ll", "Lt"].contains(name) { return set(named: "LC", ignoringCase: false) }
        let wanted = abbreviations.filter { matches(name, $0.key) }
        guard !wanted.isEmpty else { return nil }
        return wanted.values.reduce(.empty) { $0.union(sets[$1] ?? .empty) }
    }

    private static func matches(_ name: String, _ abbreviation: String) -> Bool {
        switch name {
        case "LC": ["Lu", "Ll", "Lt"].contains(abbreviation)
        case "LD": abbreviation.hasPrefix("L") || abbreviation == "Nd"
        default: name == abbreviation || (name.utf8.count == 1 && abbreviation.hasPrefix(name))
        }
    }

    /// All categories, by one walk over all scalars when the first is asked for: some milliseconds.
    private static let sets: [Unicode.GeneralCategory: ScalarSet] = {
        var ranges: [Unicode.GeneralCategory: [ClosedRange<Unicode.Scalar>]] = [:]
        var run: (category: Unicode.GeneralCategory, range: ClosedRange<Unicode.Scalar>)?
        for value in (0 as UInt32)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let category = scalar.properties.generalCategory
            if let current = run, current.category == category {
                run = (category, current.range.lowerBound...scalar)
            } else {
                if let finished = run { ranges[finished.category, default: []].append(finished.range) }
                run = (category, scalar...scalar)
            }
        }
        if let finished = run { ranges[finished.category, default: []].append(finished.range) }
        return ranges.mapValues(ScalarSet.init(union:))
    }()

    private static let abbreviations: [String: Unicode.GeneralCategory] = [
        "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter,
        "Lo": .otherLetter, "Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark,
        "Nd": .decimalNumber, "Nl": .letterNumber, "No": .otherNumber, "Pc": .connectorPunctuation,
        "Pd": .dashPunctuation, "Ps": .openPunctuation, "Pe": .closePunctuation, "Pi": .initialPunctuation,
        "Pf": .finalPunctuation, "Po": .otherPunctuation, "Sm": .mathSymbol, "Sc": .currencySymbol,
        "Sk": .modifierSymbol, "So": .otherSymbol, "Zs": .spaceSeparator, "Zl": .lineSeparator,
        "Zp": .paragraphSeparator, "Cc": .control, "Cf": .format, "Co": .privateUse, "Cn": .unassigned,
    ]
}
