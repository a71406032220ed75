// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Telemetry
internal import TernAPI

/// What an operator can change by HTTP.
public struct WebControl: Sendable {
    /// Makes `/health` answer 503 whatever the checks say, or ends that; the reason is the operator's.
    public var forceRegionUnhealthy: @Sendable (_ forced: Bool, _ reason: String?) -> Void

    public init(forceRegionUnhealthy: @escaping @Sendable (_ forced: Bool, _ reason: String?) -> Void) {
        self.forceRegionUnhealthy = forceRegionUnhealthy
    }
}

extension MirrorWeb {
    /// Answers a request to drain the region, or to end that.
    func drain(_ request: Request, _ forced: Bool, by control: WebControl) -> Response {
        let reason: String?
        do { reason = try ControlGuard.reason(in: request.body) } catch {
            return .problem(
                400, "bad-body", "Bad body", detail: #"expected nothing or {"reason":"…"}"#, instance: request.path)
        }
        control.forceRegionUnhealthy(forced, reason)
        log.warning(
            forced ? "region.drained" : "region.undrained",
            [LogField("actor", "http"), .reason(reason ?? "none given")])
        return .json(200, RegionDrain(isForcedUnhealthy: forced, reason: reason).bytes)
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

    /// The operator's reason, at most 500 characters of it; `nil` when none is given.
    static func reason(in body: [UInt8]) throws -> String? {
        guard body.contains(where: { $0 > 0x20 }) else { return nil }
        return try JSONDecoder().decode(RegionDrainRequest.self, from: Data(body)).reason.map { String($0.prefix(500)) }
    }
}
