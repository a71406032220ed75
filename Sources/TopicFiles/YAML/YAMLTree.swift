// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import Text
package import TopicPlanning

/// Reads YAML into trees, within limits that no honest file meets and no hostile one can use.
///
/// Anchors and aliases are refused, so a small file cannot grow in memory; depth, pieces and bytes are bounded.
package struct YAMLTree {
    enum Limit {
        static let bytes = 4 << 20
        static let pieces = 400_000
        static let depth = 12
    }

    /// The root of each document; one that is empty is left out.
    package private(set) var documents: [YAMLNode] = []
    /// Duplicate keys and the like. The documents were read nevertheless.
    package private(set) var problems: [TopicFileProblem] = []
    private var pieces = 0
    private var hasDefaults = true

    /// Throws a `TopicFileProblem` where reading had to end.
    /// - Parameter hasDefaults: whether `defaults:` is a way to share values in files of this kind.
    package init(_ contents: [UInt8], file: String, hasDefaults: Bool = true) throws(TopicFileProblem) {
        let text = try Self.withoutMark(contents, file: file)
        let outcome = text.withUnsafeBufferPointer { [self] bytes -> Result<YAMLTree, TopicFileProblem> in
            var tree = self
            tree.hasDefaults = hasDefaults
            var events = YAMLEvents(bytes: bytes, file: file, hasDefaults: hasDefaults)
            do throws(TopicFileProblem) {
                try tree.readStream(&events)
                return .success(tree)
            } catch {
                return .failure(error)
            }
        }
        self = try outcome.get()
    }

    /// The bytes behind UTF-8's mark, known to be UTF-8.
    private static func withoutMark(_ contents: [UInt8], file: String) throws(TopicFileProblem) -> ArraySlice<UInt8> {
        guard contents.count <= Limit.bytes else {
            throw TopicFileProblem(
                file: file, "the file has \(SizeText.rounded(bytes: Int64(contents.count)))",
                do: "split it: \(SizeText.text(bytes: Int64(Limit.bytes))) are read at most")
        }
        if contents.starts(with: [0xFF, 0xFE]) || contents.starts(with: [0xFE, 0xFF]) {
            throw TopicFileProblem(file: file, "the file is in UTF-16", do: "save it as UTF-8")
        }
        let text = contents.starts(with: [0xEF, 0xBB, 0xBF]) ? contents.dropFirst(3) : contents[...]
        if let offset = firstInvalidByte(text) {
            let place = FilePosition.location(ofByte: offset, in: text, file: file)
            throw TopicFileProblem(at: place, "there is a byte that is not UTF-8", do: "save the file as UTF-8")
        }
        return text
    }

    private static func firstInvalidByte(_ bytes: ArraySlice<UInt8>) -> Int? {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    private mutating func readStream(_ events: inout YAMLEvents) throws(TopicFileProblem) {
        while true {
            let (event, location) = try events.next()
            switch event {
            case .end: return
            case .documentStart, .documentEnd: continue
            default:
                let node = try read(event, location, depth: 1, &events)
                if !node.isNothing { documents.append(node) }
            }
        }
    }

    private mutating func read(
        _ event: YAMLEvent, _ location: FileLocation, depth: Int, _ events: inout YAMLEvents
    ) throws(TopicFileProblem) -> YAMLNode {
        pieces += 1
        guard pieces <= Limit.pieces else {
            throw TopicFileProblem(at: location, "the file has more than \(Limit.pieces) values", do: "split it")
        }
        guard depth <= Limit.depth else {
            throw TopicFileProblem(
                at: location, "values are nested more than \(Limit.depth) deep", do: "flatten the file")
        }
        switch event {
        case .scalar(let scalar): return .scalar(scalar)
        case .sequenceStart: return .sequence(try readSequence(depth, &events), at: location)
        case .mappingStart: return .mapping(try readMapping(location, depth, &events))
        case .unsupported(let what, let remedy): throw TopicFileProblem(at: location, what, do: remedy)
        case .documentStart, .documentEnd, .end, .sequenceEnd, .mappingEnd:
            throw TopicFileProblem(at: location, "the document ends too early", do: "complete it")
        }
    }

    private mutating func readSequence(_ depth: Int, _ events: inout YAMLEvents) throws(TopicFileProblem) -> [YAMLNode]
    {
        var elements: [YAMLNode] = []
        while true {
            let (event, location) = try events.next()
            if case .sequenceEnd = event { return elements }
            elements.append(try read(event, location, depth: depth + 1, &events))
        }
    }

    private mutating func readMapping(
        _ start: FileLocation, _ depth: Int, _ events: inout YAMLEvents
    ) throws(TopicFileProblem) -> YAMLMapping {
        var mapping = YAMLMapping(location: start)
        var seen: [String: FileLocation] = [:]
        while true {
            let (event, location) = try events.next()
            if case .mappingEnd = event { return mapping }
            guard case .scalar(let key) = try read(event, location, depth: depth + 1, &events) else {
                throw TopicFileProblem(
                    at: location, "a key is a list or a mapping", do: "write a single word as the key")
            }
            if key.isPlain, key.text == "<<" {
                throw TopicFileProblem(
                    at: location, "a merge key (<<) is used",
                    do: hasDefaults ? "share values with defaults:" : "write the values out")
            }
            let (next, nextLocation) = try events.next()
            let value = try read(next, nextLocation, depth: depth + 1, &events)
            if let first = seen[key.text] {
                problems.append(
                    TopicFileProblem(
                        at: key.location, "\"\(key.text)\" is here and at \(first)", do: "keep one of the two"))
                continue
            }
            seen[key.text] = key.location
            mapping.entries.append(YAMLMapping.Entry(key: key, value: value))
        }
    }
}
