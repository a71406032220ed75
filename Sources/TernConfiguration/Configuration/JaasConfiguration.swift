// SPDX-License-Identifier: Apache-2.0

/// The value of `sasl.jaas.config`: one login module with its options.
///
/// Reads what Java's `StreamTokenizer` reads as Kafka's `JaasConfig` sets it up, and refuses what that refuses. Problems
/// name no word of the value: a missing quote would make part of a password look like an option.
struct JaasConfiguration {
    struct Problem: Error { var reason: String }

    let loginModule: String
    /// The last of equal names wins.
    let options: [String: String]

    /// The module's name without its package.
    var moduleName: String {
        loginModule.unicodeScalars.split(separator: ".").last.map { String(Substring($0)) } ?? ""
    }

    init(_ text: String) throws(Problem) {
        var tokens = Tokenizer(text)
        guard case .word(let module) = try tokens.next() else {
            throw Problem(reason: "it has to start with the login module's class name")
        }
        guard case .word(let flag) = try tokens.next(),
            ["required", "requisite", "sufficient", "optional"].contains(JavaText.lowercased(flag))
        else { throw Problem(reason: "the login module has to be followed by `required`") }
        var options: [String: String] = [:]
        while true {
            switch try tokens.next() {
            case .word(let name):
                guard case .symbol("=") = try tokens.next(), case .word(let value) = try tokens.next() else {
                    throw Problem(reason: "an option has no value: write name=\"value\", the value in double quotes")
                }
                options[name] = value
                continue
            case .symbol(";"):
                guard case .end = try tokens.next() else {
                    throw Problem(reason: "there has to be exactly one login module, ended by its semicolon")
                }
            case .end: throw Problem(reason: "it has to end with a semicolon")
            case .symbol, .number:
                throw Problem(reason: "an option's value needs double quotes around it, or a quote in it a backslash")
            }
            break
        }
        loginModule = module
        self.options = options
    }

    private enum Token {
        /// A word, or what stood in quotes.
        case word(String)
        /// Java makes a number of unquoted digits, and Kafka then finds no value.
        case number
        case symbol(Unicode.Scalar)
        case end
    }

    private struct Tokenizer {
        private let scalars: [Unicode.Scalar]
        private var index = 0

        init(_ text: String) { scalars = Array(text.unicodeScalars) }

        mutating func next() throws(Problem) -> Token {
            while index < scalars.count {
                let scalar = scalars[index]
                if scalar.value <= 0x20 {
                    index += 1
                } else if scalar == "/" {
                    try skipComment()
                } else if scalar == "\"" || scalar == "'" {
                    return .word(try quoted(by: scalar))
                } else if Self.isDigit(scalar) {
                    return number()
                } else if Self.isWord(scalar) {
                    return word()
                } else {
                    index += 1
                    return .symbol(scalar)
                }
            }
            return .end
        }

        /// `//` and a lone `/` run to the end of the line, `/*` to `*/`.
        private mutating func skipComment() throws(Problem) {
            index += 1
            guard index < scalars.count, scalars[index] == "*" else {
                while index < scalars.count, scalars[index] != "\n", scalars[index] != "\r" { index += 1 }
                return
            }
            index += 1
            while index + 1 < scalars.count {
                if scalars[index] == "*", scalars[index + 1] == "/" {
                    index += 2
                    return
                }
                index += 1
            }
            index = scalars.count
        }

        private mutating func quoted(by quote: Unicode.Scalar) throws(Problem) -> String {
            var text = String.UnicodeScalarView()
            index += 1
            while index < scalars.count, scalars[index] != "\n", scalars[index] != "\r" {
                let scalar = scalars[index]
                index += 1
                if scalar == quote { return String(text) }
                text.append(scalar == "\\" ? escaped() : scalar)
            }
            throw Problem(reason: "a quote is not closed")
        }

        private mutating func escaped() -> Unicode.Scalar {
            guard index < scalars.count else { return "\\" }
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "a": return "\u{07}"
            case "b": return "\u{08}"
            case "f": return "\u{0C}"
            case "n": return "\n"
            case "r": return "\r"
            case "t": return "\t"
            case "v": return "\u{0B}"
            case "0"..."7": return octal(from: scalar)
            default: return scalar
            }
        }

        /// Up to three digits, of which the first of three is at most 3.
        private mutating func octal(from first: Unicode.Scalar) -> Unicode.Scalar {
            var value = UInt8(first.value - 0x30)
            let limit = first <= "3" ? 2 : 1
            for _ in 0..<limit {
                guard index < scalars.count, ("0"..."7").contains(scalars[index]) else { break }
                value = value << 3 | UInt8(scalars[index].value - 0x30)
                index += 1
            }
            return Unicode.Scalar(value)
        }

        private mutating func number() -> Token {
            // A dash that starts no number is a literal dash.
            if scalars[index] == "-",
                index + 1 == scalars.count || !(Self.isDigit(scalars[index + 1]) && scalars[index + 1] != "-")
            {
                index += 1
                return .symbol("-")
            }
            while index < scalars.count, Self.isDigit(scalars[index]) { index += 1 }
            return .number
        }

        private mutating func word() -> Token {
            let start = index
            while index < scalars.count, Self.isWord(scalars[index]) || Self.isDigit(scalars[index]) { index += 1 }
            return .word(String(String.UnicodeScalarView(scalars[start..<index])))
        }

        private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
            ("0"..."9").contains(scalar) || scalar == "." || scalar == "-"
        }

        private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_" || scalar == "$"
                || scalar.value >= 0xA0
        }
    }
}
