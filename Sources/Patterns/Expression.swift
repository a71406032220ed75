// SPDX-License-Identifier: Apache-2.0
internal import CPCRE2

/// A compiled PCRE2 expression that has to match a whole text. Compiled code is read-only: threads share it.
final class Expression: @unchecked Sendable {
    /// Backtracking steps that one match may take: some 30 ms of a core. Ordinary patterns take some hundreds.
    static let stepLimit: UInt32 = 1_000_000
    /// KiB of backtracking state that one match may hold.
    private static let heapLimit: UInt32 = 16 * 1024
    /// Parentheses in parentheses. Java's syntax is read with a limit below this; the translation adds a few per level.
    private static let nestingLimit: UInt32 = 1000

    /// Why PCRE2 does not take an expression.
    struct Refusal: Error {
        let reason: String
    }

    enum Outcome {
        case match
        case noMatch
        /// The limit was reached first.
        case gaveUp
    }

    private let code: OpaquePointer

    init(_ syntax: String) throws(Refusal) {
        let context = pcre2_compile_context_create_8(nil)
        defer { pcre2_compile_context_free_8(context) }
        pcre2_set_parens_nest_limit_8(context, Self.nestingLimit)
        // Without the optimization of where to start, which an anchored match does not need and which is wrong in 10.42:
        // (?:(?:(?=[a])[b])|c){0}d* does not match an empty text with it.
        let options =
            PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NO_START_OPTIMIZE | PCRE2_NEVER_UCP
            | PCRE2_NEVER_BACKSLASH_C
        var number: Int32 = 0
        var offset = 0
        let bytes = Array(syntax.utf8)
        guard let code = pcre2_compile_8(bytes, bytes.count, options, &number, &offset, context) else {
            throw Refusal(reason: Self.reason(of: number))
        }
        self.code = code
    }

    deinit { pcre2_code_free_8(code) }

    func match(_ text: [UInt8]) -> Outcome {
        guard let data = pcre2_match_data_create_8(1, nil) else { return .gaveUp }
        defer { pcre2_match_data_free_8(data) }
        let result = pcre2_match_8(code, text, text.count, 0, 0, data, Self.limits.context)
        if result >= 0 { return .match }
        return result == PCRE2_ERROR_NOMATCH ? .noMatch : .gaveUp
    }

    private static func reason(of number: Int32) -> String {
        if number == PCRE2_ERROR_PATTERN_TOO_LARGE {
            return "it is too large when compiled: repeat less, or write several patterns"
        }
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(number, &buffer, buffer.count)
        return "PCRE2 does not take it: " + String(decoding: buffer.prefix(Int(max(length, 0))), as: UTF8.self)
    }

    /// Only read once it is made, so threads share it.
    private struct Limits: @unchecked Sendable {
        let context: OpaquePointer?
    }

    private static let limits: Limits = {
        let context = pcre2_match_context_create_8(nil)
        pcre2_set_match_limit_8(context, stepLimit)
        pcre2_set_depth_limit_8(context, stepLimit)
        pcre2_set_heap_limit_8(context, heapLimit)
        return Limits(context: context)
    }()
}
