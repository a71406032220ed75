// SPDX-License-Identifier: Apache-2.0
public import Mirroring
internal import TernAPI
public import TernConfiguration

/// What the admin socket answers to a container's health check: no login and no certificate are in its way there.
public struct HealthProbes: Sendable {
    private let status: @Sendable () -> MirrorStatus
    private let readiness: HTTPConfiguration.Readiness

    /// - Parameter status: the newest snapshot; returns at once.
    public init(status: @escaping @Sendable () -> MirrorStatus, readiness: HTTPConfiguration.Readiness) {
        self.status = status
        self.readiness = readiness
    }

    /// - Returns: `nil` for what is no probe.
    func answer(_ request: Request) -> Response? {
        guard ["GET", "HEAD"].contains(request.method) else { return nil }
        let (checks, failure): (HealthChecks, Int)
        switch request.path {
        case Endpoint.live.path: (checks, failure) = (.liveness(of: status()), 500)
        case Endpoint.ready.path: (checks, failure) = (.readiness(of: status(), mode: readiness), 503)
        case Endpoint.started.path: (checks, failure) = (.startup(of: status()), 503)
        default: return nil
        }
        return .text(checks.isPassed ? 200 : failure, checks.text(verbose: false))
    }
}

extension MirrorWeb {
    func live(_ request: Request) -> Response {
        answer(.liveness(of: status()), to: request, failure: 500)
    }

    func started(_ request: Request) -> Response {
        answer(.startup(of: status()), to: request, failure: 503)
    }

    func ready(_ request: Request) -> Response {
        let excluded = request.query.filter { $0.name == "exclude" }.map(\.value)
        return answer(
            .readiness(of: status(), mode: options.readiness, excluded: excluded), to: request, failure: 503)
    }

    /// As a page to whoever asks for HTML: people do, load balancers do not.
    func health(_ request: Request) -> Response {
        let check = RegionCheck(status().regionCheck, now: now())
        let status = check.isHealthy ? 200 : 503
        let caching = "no-cache, no-store, must-revalidate"
        var response: Response
        if request.headerValues("Accept").contains(where: { $0.lowercased().contains("text/html") }) {
            response = Response(
                status, headers: [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", caching)],
                body: RegionPage.html(check, status: status))
        } else {
            response = .json(status, check.bytes, caching: caching)
        }
        response.headers.append(("Vary", "Accept"))
        return response
    }

    private func answer(_ checks: HealthChecks, to request: Request, failure: Int) -> Response {
        // Names and reasons are for those who have logged in.
        guard !wantsLogin || request.caller != nil else {
            return .text(checks.isPassed ? 200 : failure, checks.isPassed ? "ok\n" : "not ok\n")
        }
        return .text(checks.isPassed ? 200 : failure, checks.text(verbose: request.parameter("verbose") != nil))
    }
}

extension RegionCheck {
    /// An answer older than this is no answer, in milliseconds: the check runs every few seconds.
    private static let staleAfter: Int64 = 30_000

    /// The last check as load balancers and DNS health checks read it.
    ///
    /// - Parameter now: milliseconds since 1970.
    fileprivate init(_ check: RegionCheckStatus, now: Int64) {
        var checks = check.checks.map { Check(name: $0.name, isHealthy: $0.isHealthy, detail: $0.detail) }
        if let checkedAt = check.checkedAt {
            let age = now - checkedAt
            if age > Self.staleAfter {
                checks.append(
                    Check(name: "freshness", isHealthy: false, detail: "the last check is \(age / 1_000) s old"))
            }
        } else {
            checks.append(Check(name: "freshness", isHealthy: false, detail: "no check has run yet"))
        }
        if check.isForcedUnhealthy {
            checks.append(Check(name: "operator", isHealthy: false, detail: "an operator drains this region"))
        }
        self.init(region: check.region, timestamp: DateTime(milliseconds: check.checkedAt ?? now), checks: checks)
    }
}
