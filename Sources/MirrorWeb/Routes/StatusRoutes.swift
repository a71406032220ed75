// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration

extension MirrorWeb {
    func addStatusRoutes(to router: inout Router) {
        let status = status
        let now = now
        let build = build
        let mode = options.readiness
        router.on("GET", "/api/v1/status") { request in
            let status = status()
            return StatusReport.body(
                status, build: build, readiness: .readiness(of: status, mode: mode), now: now()
            ).response(to: request)
        }
        router.on("GET", "/api/v1/lag") { request in
            let status = status()
            let flows = status.flows.filter(\.isEnabled).map(\.name).sorted().map(\.description)
            do throws(LagQuery.Problem) {
                let query = try LagQuery(request.query, flows: flows)
                return LagReport.body(status, query: query, now: now()).response(to: request)
            } catch {
                return .problem(
                    400, "bad-parameter", "Bad parameter", detail: error.detail, instance: request.path)
            }
        }
    }
}
