// SPDX-License-Identifier: Apache-2.0

/// Finds who answers a path and a method. Synchronous, and testable without a socket.
public struct Router: Sendable {
    public typealias Handler = @Sendable (Request) -> Response

    /// By path, then by method.
    private var routes: [String: [String: Handler]] = [:]

    public init() {}

    public mutating func on(_ method: String, _ path: String, _ handler: @escaping Handler) {
        routes[path, default: [:]][method] = handler
    }

    /// HEAD is answered as GET is, the body included: its length belongs to the answer, the server leaves it out.
    public func respond(to request: Request) -> Response {
        guard let methods = routes[request.path] else {
            var response = Response.problem(
                404, "not-found", "Not found", detail: "nothing is served here; GET / lists what is",
                instance: request.path)
            response.route = "none"
            return response
        }
        guard let handler = methods[request.method == "HEAD" ? "GET" : request.method] else {
            let allowed = methods.keys.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }.sorted().joined(separator: ", ")
            var response = Response.problem(
                405, "method-not-allowed", "Method not allowed", detail: "this path takes \(allowed)",
                instance: request.path, headers: [("Allow", allowed)])
            response.route = request.path
            return response
        }
        var response = handler(request)
        response.route = request.path
        return response
    }
}
