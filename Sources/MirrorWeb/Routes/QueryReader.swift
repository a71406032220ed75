// SPDX-License-Identifier: Apache-2.0
internal import TernAPI
internal import Text

/// The parameters of a request, checked against the endpoint's table.
struct QueryReader {
    struct Problem: Error, Equatable {
        let detail: String
        /// 404 where the endpoint has it for names that do not exist, 400 otherwise.
        var status = 400

        func response(to request: Request) -> Response {
            status == 404
                ? .problem(404, "unknown-name", "Not found", detail: detail, instance: request.path)
                : .problem(400, "bad-parameter", "Bad parameter", detail: detail, instance: request.path)
        }
    }

    private var values: [String: [String]] = [:]

    /// - Parameter flows: the names that exist.
    init(_ query: [(name: String, value: String)], of endpoint: Endpoint, flows: [String]) throws(Problem) {
        let entry = endpoint.entry
        for (name, value) in query {
            let parameter = entry.parameters.first { $0.name == name }
            values[name, default: []].append(value)
            let limit = parameter?.limit ?? 1
            guard values[name, default: []].count <= limit else {
                let often = limit == 1 ? "twice" : "more than \(limit) times"
                throw Problem(detail: "'\(name)' is given \(often)")
            }
            guard let parameter else {
                let known = entry.parameters.map(\.name).joined(separator: ", ")
                throw Problem(detail: "'\(name)' is no parameter; there is: \(known)")
            }
            do { try Self.check(value, parameter, flows: flows) } catch {
                let isMissing = error.status == 404 && entry.statuses.contains { $0.code == 404 }
                throw Problem(detail: error.detail, status: isMissing ? 404 : 400)
            }
        }
        if let missing = entry.parameters.first(where: { $0.isRequired && values[$0.name] == nil }) {
            throw Problem(detail: "'\(missing.name)' is missing: \(missing.summary)")
        }
    }

    subscript(name: String) -> String? { values[name]?.first }

    /// Of a parameter that may be repeated, in the order in which they were given.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    private static func check(
        _ value: String, _ parameter: Endpoint.Parameter, flows: [String]
    ) throws(Problem) {
        switch parameter.value {
        case .flow:
            guard flows.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else {
                throw Problem(
                    detail: "there is no flow '\(value)'; there is: \(flows.joined(separator: ", "))", status: 404)
            }
        case .topic:
            guard !value.isEmpty else { throw Problem(detail: "\(parameter.name) is empty") }
        case .choice(let words):
            guard words.contains(value) else {
                throw Problem(
                    detail: "\(parameter.name) must be one of \(words.joined(separator: ", ")), not '\(value)'")
            }
        case .number(let range):
            guard let number = Int(value), range.contains(number), value.utf8.first != UInt8(ascii: "+") else {
                throw Problem(
                    detail: "\(parameter.name) must be a number from \(range.lowerBound) to \(range.upperBound), "
                        + "not '\(value)'")
            }
        case .duration(let seconds):
            guard let milliseconds = try? DurationText.milliseconds(value), Int64(value) == nil || value == "0",
                (0...Int64(seconds) * 1000).contains(milliseconds)
            else {
                throw Problem(
                    detail: "\(parameter.name) must be a duration such as 5s, up to \(seconds)s, not '\(value)'")
            }
        case .check, .flag, .search: break
        }
    }
}

/// The parameters of `/api/v1/lag`.
struct LagQuery: Sendable, Equatable {
    /// `nil` is every flow.
    let flow: String?
    /// The source's name; `nil` is every topic.
    let topic: String?
    let level: LagLevel
    let order: LagOrder
    /// Topics per flow; `nil` is all.
    let limit: Int?

    /// - Parameter flows: the names that exist.
    init(_ query: [(name: String, value: String)], flows: [String]) throws(QueryReader.Problem) {
        let values = try QueryReader(query, of: .lag, flows: flows)
        flow = values["flow"]
        topic = values["topic"]
        level = values["level"].flatMap(LagLevel.init) ?? .partition
        order = values["sort"].flatMap(LagOrder.init) ?? .topic
        limit = values["limit"].flatMap { Int($0) }
    }
}
