// SPDX-License-Identifier: Apache-2.0
internal import CYAML

/// Writes values as YAML text, by libyaml's emitter.
public enum YAMLText {
    /// One document per value, with lines of comment above the first. UTF-8, lines never folded, a line end at the end.
    public static func write(_ documents: [YAMLValue], comment: [String] = []) -> String {
        // Texts may grow fourfold when their characters are escaped; indentation comes on top.
        var capacity = 4096
        while true {
            if let text = attempt(documents, capacity: capacity) { return header(comment) + text }
            capacity *= 4
        }
    }

    private static func header(_ comment: [String]) -> String {
        var header = ""
        for line in comment {
            let shown = String(
                String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
            header += shown.isEmpty ? "#\n" : "# \(shown)\n"
        }
        return header
    }

    /// `nil` when the text does not fit.
    private static func attempt(_ documents: [YAMLValue], capacity: Int) -> String? {
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        defer { buffer.deallocate() }
        var emitter = Emitter(buffer: buffer, capacity: capacity)
        emitter.start()
        for document in documents { emitter.document(document, isExplicit: documents.count > 1) }
        guard let written = emitter.finish() else { return nil }
        return String(decoding: UnsafeBufferPointer(start: buffer, count: written), as: UTF8.self)
    }
}

/// The corresponding C type is `yaml_emitter_t`; it is deleted when this value ends. Events belong to the emitter once
/// they are emitted, whether that succeeds or not.
private struct Emitter: ~Copyable {
    private let emitter: UnsafeMutablePointer<yaml_emitter_t>
    private let written: UnsafeMutablePointer<Int>
    private var isWhole = true

    init(buffer: UnsafeMutablePointer<UInt8>, capacity: Int) {
        emitter = .allocate(capacity: 1)
        emitter.initialize(to: yaml_emitter_t())
        written = .allocate(capacity: 1)
        written.initialize(to: 0)
        isWhole = yaml_emitter_initialize(emitter) == 1
        guard isWhole else { return }
        yaml_emitter_set_output_string(emitter, buffer, capacity, written)
        yaml_emitter_set_unicode(emitter, 1)
        yaml_emitter_set_width(emitter, -1)
        yaml_emitter_set_indent(emitter, 2)
    }

    deinit {
        yaml_emitter_delete(emitter)
        emitter.deallocate()
        written.deallocate()
    }

    mutating func start() {
        var event = yaml_event_t()
        emit(&event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING))
    }

    mutating func document(_ value: YAMLValue, isExplicit: Bool) {
        var event = yaml_event_t()
        emit(&event, yaml_document_start_event_initialize(&event, nil, nil, nil, isExplicit ? 0 : 1))
        node(value)
        emit(&event, yaml_document_end_event_initialize(&event, 1))
    }

    /// How many bytes were written; `nil` when they did not fit.
    mutating func finish() -> Int? {
        var event = yaml_event_t()
        emit(&event, yaml_stream_end_event_initialize(&event))
        return isWhole && yaml_emitter_flush(emitter) == 1 ? written.pointee : nil
    }

    private mutating func node(_ value: YAMLValue) {
        var event = yaml_event_t()
        switch value {
        case .text(let text):
            scalar(text, YAMLValue.isPlain(text) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE)
        case .literal(let text): scalar(text, YAML_PLAIN_SCALAR_STYLE)
        case .null: scalar("null", YAML_PLAIN_SCALAR_STYLE)
        case .list(let elements):
            let isShort = elements.count <= 8 && elements.allSatisfy { $0.isScalar }
            let style = isShort ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE
            emit(&event, yaml_sequence_start_event_initialize(&event, nil, nil, 1, style))
            for element in elements { node(element) }
            emit(&event, yaml_sequence_end_event_initialize(&event))
        case .mapping(let members):
            let style = members.isEmpty ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE
            emit(&event, yaml_mapping_start_event_initialize(&event, nil, nil, 1, style))
            for (key, value) in members {
                node(.text(key))
                node(value)
            }
            emit(&event, yaml_mapping_end_event_initialize(&event))
        }
    }

    private mutating func scalar(_ text: String, _ style: yaml_scalar_style_t) {
        var event = yaml_event_t()
        var bytes = Array(text.utf8)
        let initialized = bytes.withUnsafeMutableBufferPointer { bytes in
            // Without a byte the pointer may be nil, which libyaml refuses even for a length of 0.
            var nothing: UInt8 = 0
            return withUnsafeMutablePointer(to: &nothing) { empty in
                yaml_scalar_event_initialize(
                    &event, nil, nil, bytes.baseAddress ?? empty, Int32(bytes.count), 1, 1, style)
            }
        }
        emit(&event, initialized)
    }

    private mutating func emit(_ event: inout yaml_event_t, _ initialized: Int32) {
        guard isWhole, initialized == 1 else {
            if initialized == 1 { yaml_event_delete(&event) }
            isWhole = false
            return
        }
        isWhole = yaml_emitter_emit(emitter, &event) == 1
    }
}

extension YAMLValue {
    fileprivate var isScalar: Bool {
        switch self {
        case .text, .literal, .null: true
        case .list, .mapping: false
        }
    }
}
