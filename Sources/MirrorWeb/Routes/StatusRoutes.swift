// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

extension MirrorWeb {
    func lag(_ request: Request) -> Response {
        let status = status()
        let flows = status.flows.filter(\.isEnabled).map(\.name).sorted().map(\.description)
        do throws(QueryReader.Problem) {
            let query = try LagQuery(request.query, flows: flows)
            return .report(LagReport(status, query: query, now: now()), to: request)
        } catch {
            return .problem(400, "bad-parameter", "Bad parameter", detail: error.detail, instance: request.path)
        }
    }

    func overview(_ request: Request) -> Response {
        let status = status()
        let readiness = HealthChecks.readiness(of: status, mode: options.readiness)
        return .report(
            StatusReport(status, build: build, isReady: readiness.isPassed, now: now()), to: request)
    }
}
