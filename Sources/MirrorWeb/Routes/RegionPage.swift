// SPDX-License-Identifier: Apache-2.0
internal import TernAPI
internal import Text

/// The region check for people: the figures of `/health` as a page without scripts, which is loaded again by itself.
enum RegionPage {
    static func html(_ check: RegionCheck, status: Int) -> [UInt8] {
        let verdict = check.isHealthy ? "\(check.region) is healthy" : "\(check.region) is not healthy"
        let level = check.isHealthy ? "ok" : "error"
        let rows = check.checks.map { check in
            "<tr><td>\(escaped(check.name))</td><td><span class=\"state \(check.isHealthy ? "ok" : "bad")\">"
                + "\(check.isHealthy ? "passed" : "failed")</span></td><td class=\"reason\">\(escaped(check.detail))</td></tr>"
        }.joined(separator: "\n")
        let page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="refresh" content="5">
            <title>\(escaped(verdict)) · tern</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="app.css">
            </head>
            <body>
            <header><h1>tern</h1><p id="verdict" role="status" data-level="\(level)">\(escaped(verdict))</p></header>
            <main><section id="region" class="panel" aria-labelledby="region-h">
            <h2 id="region-h">Region check of \(escaped(check.region))</h2>
            <table><thead><tr><th scope="col">Check</th><th scope="col">Result</th><th scope="col">Detail</th></tr></thead>
            <tbody>
            \(rows)
            </tbody></table>
            <p class="muted">Last checked at <time>\(UTCText.text(milliseconds: check.timestamp.milliseconds))</time>. Load balancers get \(status) here,
            with these figures as JSON. The page is loaded again each 5 s.</p>
            </section></main>
            <footer class="muted"><a href="./">Dashboard</a> · <a href="readyz?verbose">readiness</a></footer>
            </body>
            </html>

            """
        return Array(page.utf8)
    }

    /// Names and reasons come from files and brokers.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
