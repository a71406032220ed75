// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import Patterns
import Testing

/// Against `java.util.regex.Pattern` of the JDK that is installed.
@Suite(.enabled(if: Java.isThere, "needs a JDK: java and javac on PATH"))
struct JavaAnswerTests {
    @Test func `Java itself answers as the tables say`() async throws {
        let questions = PatternRow.all.map { Java.Question($0.pattern, $0.matching + $0.other) }
        for (row, answer) in zip(PatternRow.all, try await Java.answers(to: questions)) {
            let expected = row.matching.map { _ in true } + row.other.map { _ in false }
            #expect(answer == .matches(expected), "\(row.pattern)")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `random patterns are answered as by Java, or refused`(seed: UInt64) async throws {
        var random = RandomPatterns(seed: seed)
        let questions = (0..<8000).map { _ in random.question() }
        var taken = 0
        for (question, answer) in zip(questions, try await Java.answers(to: questions)) {
            guard let pattern = try? NamePattern(question.pattern), answer != .failed else { continue }
            taken += 1
            let own = question.names.map { pattern.answer(for: $0) == .yes }
            #expect(answer == .matches(own), "\(question.pattern.debugDescription) \(question.names)")
        }
        #expect(taken > 2000)
    }
}

enum Java {
    struct Question {
        let pattern: String
        let names: [String]

        init(_ pattern: String, _ names: [String]) {
            self.pattern = pattern
            self.names = names
        }

        /// In hexadecimal: patterns and names hold line ends and blanks.
        var line: String { ([pattern] + names).map(Self.hexadecimal).joined(separator: " ") }

        private static func hexadecimal(_ text: String) -> String {
            text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    enum Answer: Equatable {
        case matches([Bool])
        case refused
        /// Java ran into a fault of its own: out of stack, or a null pointer.
        case failed
    }

    static let isThere = (try? ChildProcess(["javac", "-version"]).wait(within: .seconds(60))) == 0

    static func answers(to questions: [Question]) async throws -> [Answer] {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("Answers.java", program)
        try folder.write("questions", questions.map { $0.line + "\n" }.joined())
        let result = try await Command.run(
            ["java", "-XX:TieredStopAtLevel=1", folder.path("Answers.java"), folder.path("questions")],
            within: .seconds(120))
        #expect(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
            switch line {
            case "refused": .refused
            case "failed": .failed
            default: .matches(line.map { $0 == "1" })
            }
        }
    }

    private static let program = """
        import java.nio.charset.StandardCharsets;
        import java.nio.file.*;
        import java.util.regex.*;

        public class Answers {
            public static void main(String[] arguments) throws Exception {
                StringBuilder out = new StringBuilder();
                for (String line : Files.readAllLines(Path.of(arguments[0]))) {
                    String[] parts = line.split(" ", -1);
                    int start = out.length();
                    try {
                        Pattern pattern = Pattern.compile(text(parts[0]));
                        for (int i = 1; i < parts.length; i++)
                            out.append(pattern.matcher(text(parts[i])).matches() ? '1' : '0');
                    } catch (PatternSyntaxException refused) {
                        out.append("refused");
                    } catch (RuntimeException | StackOverflowError fault) {
                        out.setLength(start);
                        out.append("failed");
                    }
                    out.append('\\n');
                }
                System.out.print(out);
            }

            static String text(String hexadecimal) {
                byte[] bytes = new byte[hexadecimal.length() / 2];
                for (int i = 0; i < bytes.length; i++)
                    bytes[i] = (byte) Integer.parseInt(hexadecimal.substring(2 * i, 2 * i + 2), 16);
                return new String(bytes, StandardCharsets.UTF_8);
            }
        }

        """
}
