// SPDX-License-Identifier: Apache-2.0
internal import Dashboard

/// The dashboard.
typealias Page = DashboardPage

extension PageFile {
    /// The file, or 304 to a client that has it.
    func response(to request: Request) -> Response {
        var response = Response(
            200, headers: [("Content-Type", contentType), ("Cache-Control", "no-cache"), ("ETag", tag)], body: bytes)
        if Response.matches(tag, request.headerValues("If-None-Match")) {
            response.status = 304
            response.body = []
        }
        return response
    }
}
