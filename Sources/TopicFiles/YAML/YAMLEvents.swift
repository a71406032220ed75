// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import CYAML

/// One event of libyaml's parser, copied out of its memory.
enum YAMLEvent {
    case documentStart, documentEnd, end
    case scalar(YAMLScalar)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    /// Something that YAML allows and topic files do not have: which, in words, and what to do.
    case unsupported(what: String, remedy: String)
}

/// libyaml's parser over bytes that outlive it.
///
/// The corresponding C type is `yaml_parser_t`; it is deleted when this value ends.
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: String
    private let bytes: UnsafeBufferPointer<UInt8>
    private let hasDefaults: Bool

    init(bytes: UnsafeBufferPointer<UInt8>, file: String, hasDefaults: Bool) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        self.file = file
        self.bytes = bytes
        self.hasDefaults = hasDefaults
        // It fails only without memory; the first event then says so.
        guard yaml_parser_initialize(parser) == 1 else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event and where it starts.
    ///
    /// Throws a `TopicFileProblem` where the text is no YAML. The corresponding C function is `yaml_parser_parse`; the
    /// event is deleted before this returns.
    mutating func next() throws(TopicFileProblem) -> (YAMLEvent, FileLocation) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxProblem() }
        defer { yaml_event_delete(&event) }
        return (copied(event), location(event.start_mark))
    }

    private func copied(_ event: yaml_event_t) -> YAMLEvent {
        switch event.type {
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .end
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT:
            return .unsupported(
                what: "an alias (*name) is used",
                remedy: hasDefaults ? "write the value out, or share it with defaults:" : "write the value out")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            if let refused = refusal(anchor: scalar.anchor, tag: scalar.tag) { return refused }
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return .scalar(
                YAMLScalar(
                    text: text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, location: location(event.start_mark)))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return refusal(anchor: start.anchor, tag: start.tag) ?? .sequenceStart
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return refusal(anchor: start.anchor, tag: start.tag) ?? .mappingStart
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .documentStart
        }
    }

    private func refusal(anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?) -> YAMLEvent? {
        if anchor != nil {
            return .unsupported(
                what: "an anchor (&name) is used",
                remedy: hasDefaults ? "remove it, and share values with defaults:" : "remove it")
        }
        if tag != nil {
            return .unsupported(what: "a type tag (!name) is used", remedy: "remove it: every value's type is known")
        }
        return nil
    }

    private func location(_ mark: yaml_mark_t) -> FileLocation {
        FileLocation(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    // MARK: libyaml's complaints, in our words

    private func syntaxProblem() -> TopicFileProblem {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the file cannot be read"
        switch parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return TopicFileProblem(file: file, "there is not enough memory to read it", do: "split the file")
        case YAML_READER_ERROR:
            let place = FilePosition.location(ofByte: Int(parser.pointee.problem_offset), in: bytes, file: file)
            return TopicFileProblem(at: place, "\(problem) in YAML", do: "remove the character")
        default:
            let place = location(parser.pointee.problem_mark)
            let context = parser.pointee.context.map { " \(String(cString: $0))" } ?? ""
            if isTab(at: parser.pointee.problem_mark.index) {
                return TopicFileProblem(
                    at: place, "there is a tab where YAML wants blanks", do: "indent with blanks only")
            }
            return TopicFileProblem(at: place, "this is not YAML:\(context) \(problem)", do: Self.remedy(for: problem))
        }
    }

    private func isTab(at index: Int) -> Bool {
        // libyaml counts characters; a tab is reported at its own place, or at the place behind the blanks before it.
        var position = 0
        for byte in bytes {
            if byte & 0xC0 == 0x80 { continue }
            if position == index { return byte == UInt8(ascii: "\t") }
            position += 1
        }
        return false
    }

    private static func remedy(for problem: String) -> String {
        if problem.contains("mapping values are not allowed") {
            return
                "put the value in quotes if it has \": \" in it, and see that the line is indented like its neighbours"
        }
        if problem.contains("expected ','") { return "close the bracket that is open" }
        if problem.contains("expected key") || problem.contains("expected ':'") || problem.contains("block end") {
            return "see that the lines are indented alike and that every key has a \":\""
        }
        if problem.contains("nested") || problem.contains("NESTING") {
            return "the file is nested too deeply: flatten it"
        }
        if problem.contains("unexpected end of stream") || problem.contains("quoted scalar") {
            return "close the quotes or brackets that are open"
        }
        return "correct the line"
    }
}

/// Lines and columns of bytes.
enum FilePosition {
    static func location(ofByte offset: Int, in bytes: some Sequence<UInt8>, file: String) -> FileLocation {
        var line = 1
        var column = 1
        for (index, byte) in bytes.enumerated() {
            if index >= offset { break }
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return FileLocation(file: file, line: line, column: column)
    }
}
