// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry

extension MirrorWeb {
    func addHealthRoutes(to router: inout Router) {
        let status = status
        let now = now
        let mode = options.readiness
        router.on("GET", "/livez") { request in
            Self.answer(.liveness(of: status(), now: now()), to: request, failure: 500)
        }
        router.on("GET", "/startupz") { request in Self.answer(.startup(of: status()), to: request, failure: 503) }
        let ready: Router.Handler = { request in
            let excluded = request.query.filter { $0.name == "exclude" }.map(\.value)
            return Self.answer(
                .readiness(of: status(), mode: mode, excluded: excluded), to: request, failure: 503)
        }
        router.on("GET", "/readyz", ready)
        // The name that Kubernetes gave up in 1.16, for tools that still ask for it.
        router.on("GET", "/healthz", ready)
        router.on("GET", "/health") { _ in RegionCheckReport.response(status().regionCheck, now: now()) }
    }

    private static func answer(_ checks: HealthChecks, to request: Request, failure: Int) -> Response {
        .text(checks.isPassed ? 200 : failure, checks.text(verbose: request.parameter("verbose") != nil))
    }
}

/// The region check as load balancers and DNS health checks read it.
enum RegionCheckReport {
    /// An answer older than this is no answer: the check runs every few seconds.
    static let staleAfter: Int64 = 30_000

    static func response(_ check: RegionCheckStatus, now: Int64) -> Response {
        var checks = check.checks
        if let checkedAt = check.checkedAt {
            let age = now - checkedAt
            if age > staleAfter {
                checks.append(
                    .init(name: "freshness", isHealthy: false, detail: "the last check is \(age / 1_000) s old"))
            }
        } else {
            checks.append(.init(name: "freshness", isHealthy: false, detail: "no check has run yet"))
        }
        if check.isForcedUnhealthy {
            checks.append(.init(name: "operator", isHealthy: false, detail: "an operator drains this region"))
        }
        let isHealthy = checks.allSatisfy(\.isHealthy)
        var json = JSONWriter()
        json.object { json in
            json["region"] = .string(check.region)
            json.moment("timestamp", check.checkedAt ?? now)
            json["status"] = .string(isHealthy ? "healthy" : "unhealthy")
            json.array("checks", of: checks) { json, check in
                json.object { json in
                    json["name"] = .string(check.name)
                    json["status"] = .string(check.isHealthy ? "healthy" : "unhealthy")
                    json["detail"] = .string(check.detail)
                }
            }
        }
        return .json(
            isHealthy ? 200 : 503, json.bytes + Array("\n".utf8), caching: "no-cache, no-store, must-revalidate")
    }
}
