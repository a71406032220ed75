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
        do { reason = try DrainBody.reason(in: request.body) } catch {
            return .problem(
                400, "bad-body", "Bad body", detail: #"expected nothing or {"reason":"…"}"#, instance: request.path)
        }
        control.forceRegionUnhealthy(forced, reason)
        log.warning(
            forced ? .regionDrained : .regionUndrained,
            [LogField("actor", "http"), .reason(reason ?? "none given")])
        log.warning(
            .adminAct,
            Actor(callerOf: request).fields + [
                LogField("action", forced ? "drain" : "undrain"), LogField("outcome", "done"),
                .reason(reason ?? "none given"),
            ])
        return .json(200, RegionDrain(isForcedUnhealthy: forced, reason: reason).bytes)
    }
}

/// The body of a request to drain.
enum DrainBody {
    /// The operator's reason, at most 500 characters of it; `nil` when none is given.
    static func reason(in body: [UInt8]) throws -> String? {
        guard body.contains(where: { $0 > 0x20 }) else { return nil }
        return try JSONDecoder().decode(RegionDrainRequest.self, from: Data(body)).reason.map { String($0.prefix(500)) }
    }
}
