// SPDX-License-Identifier: Apache-2.0
internal import Dashboard
internal import Telemetry
internal import TernAPI

extension MirrorWeb {
    /// A route for each endpoint of the table, behind the guard that the table asks for.
    func makeRouter() -> Router {
        var router = Router()
        for endpoint in Endpoint.allCases {
            guard let handler = handler(of: endpoint) else { continue }
            router.on(endpoint.entry.method.rawValue, endpoint.path) { [self] request in
                if let refusal = Permit(endpoint: endpoint, request: request, wantsLogin: wantsLogin).refusal {
                    note(refusal, of: endpoint, request)
                    return refusal
                }
                return handler(request)
            }
        }
        return router
    }

    /// An act that was tried by somebody who may not.
    private func note(_ refusal: Response, of endpoint: Endpoint, _ request: Request) {
        guard refusal.status == 403 else { return }
        log.warning(
            .adminAct,
            Actor(callerOf: request).fields + [
                LogField("action", endpoint.path.split(separator: ":").last.map(String.init) ?? endpoint.path),
                LogField("outcome", "refused"), .reason(Problem.detail(in: refusal.body) ?? ""),
            ])
    }

    /// The page for browsers, a list of paths for whoever does not ask for HTML.
    private func start(_ request: Request) -> Response {
        var response =
            request.headerValues("Accept").contains { $0.lowercased().contains("text/html") }
            ? Page.document.response(to: request) : .text(200, index)
        response.headers.append(("Vary", "Accept"))
        return response
    }

    private var index: String {
        let served = Endpoint.allCases.filter { handler(of: $0) != nil }
        return "tern \(build.version)\n\n" + served.map(\.path).sorted().map { $0 + "\n" }.joined()
    }

    /// What answers an endpoint; `nil` where this process does not have it.
    private func handler(of endpoint: Endpoint) -> Router.Handler? {
        let web = self
        switch endpoint {
        case .lag: return web.lag
        case .status: return web.overview
        case .fleet: return web.fleet
        case .groups: return web.groups
        case .topics: return web.topics
        case .history: return web.history
        case .traffic: return web.traffic
        case .events: return web.events
        case .translate:
            guard let translate else { return nil }
            return { request in web.translate(request, by: translate) }
        case .barrier:
            guard let wait else { return nil }
            return { request in web.barrier(request, by: wait) }
        case .drain, .undrain:
            guard let control else { return nil }
            return { request in web.drain(request, endpoint == .drain, by: control) }
        case .reload, .pause, .resume, .restart, .setProgress:
            // Acts are answered later (`laterAdmitted`); what comes here is none.
            guard acts != nil else { return nil }
            return { AdminActs.refusal(of: $0) }
        case .openAPI: return { _ in OpenAPI.response }
        case .health: return web.health
        case .live: return web.live
        case .started: return web.started
        case .ready, .healthz: return web.ready
        case .metrics: return web.metrics
        case .mirrorMakerMetrics: return web.mirrorMakerMetrics
        case .index: return web.start
        case .pageStyle: return { Page.style.response(to: $0) }
        case .pageScript: return { Page.script.response(to: $0) }
        case .pageFleet: return { Page.fleet.response(to: $0) }
        }
    }
}

/// The document that describes all this.
private enum OpenAPI {
    static let response = Response.json(200, Array(OpenAPIDocument.text.utf8), caching: "no-cache")
}
