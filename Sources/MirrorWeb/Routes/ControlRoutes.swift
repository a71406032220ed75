// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Telemetry

/// What an operator can change by HTTP.
public struct WebControl: Sendable {
    /// Makes `/health` answer 503 whatever the checks say, or ends that; the reason is the operator's.
    public var forceRegionUnhealthy: @Sendable (_ forced: Bool, _ reason: String?) -> Void

    public init(forceRegionUnhealthy: @escaping @Sendable (_ forced: Bool, _ reason: String?) -> Void) {
        self.forceRegionUnhealthy = forceRegionUnhealthy
    }
}

extension MirrorWeb {
    func addControlRoutes(to router: inout Router) {
        guard let control else { return }
        let log = log
        for (path, forced) in [("/api/v1/health:drain", true), ("/api/v1/health:undrain", false)] {
            router.on("POST", path) { request in
                if let refusal = ControlGuard.refusal(of: request) { return refusal }
                let reason: String?
                do { reason = try ControlGuard.reason(in: request.body) } catch {
                    return .problem(
                        400, "bad-body", "Bad body", detail: #"expected nothing or {"reason":"…"}"#,
                        instance: request.path)
                }
                control.forceRegionUnhealthy(forced, reason)
                log.warning(
                    forced ? "region.drained" : "region.undrained",
                    [LogField("actor", "http"), .reason(reason ?? "none given")])
                var json = JSONWriter()
                json.object { json in
                    json["kind"] = .string("RegionDrain")
                    json["version"] = .integer(1)
                    json["forced_unhealthy"] = .bool(forced)
                    json["reason"] = .string(reason)
                }
                return .json(200, json.bytes + Array("\n".utf8))
            }
        }
    }
}

/// Who may change something: a program on this machine that means to. A web page in a browser here cannot send this
/// content type to a foreign server without its consent, and a proxy's clients are not on this machine.
enum ControlGuard {
    static func refusal(of request: Request) -> Response? {
        let isForwarded = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].contains { request.header($0) != nil }
        let isLocal = request.header("Host").map { HostName(parsing: $0)?.isLoopback ?? false } ?? true
        guard request.isFromLoopback, !isForwarded, isLocal else {
            return .problem(
                403, "not-local", "Forbidden", detail: "this is answered to programs on the same machine only",
                instance: request.path)
        }
        if let origin = request.header("Origin"), origin != "http://" + (request.header("Host") ?? "") {
            return .problem(
                403, "foreign-origin", "Forbidden", detail: "another site's page asks", instance: request.path)
        }
        let type = request.header("Content-Type")?.split(separator: ";").first.map { $0.filter { $0 != " " } }
        guard type?.lowercased() == "application/json" else {
            return .problem(
                415, "content-type", "Unsupported media type", detail: "Content-Type must be application/json",
                instance: request.path, headers: [("Accept", "application/json")])
        }
        return nil
    }

    private struct Body: Decodable {
        var reason: String?
    }

    /// The operator's reason, at most 500 characters of it; `nil` when none is given.
    static func reason(in body: [UInt8]) throws -> String? {
        guard body.contains(where: { $0 > 0x20 }) else { return nil }
        return try JSONDecoder().decode(Body.self, from: Data(body)).reason.map { String($0.prefix(500)) }
    }
}
