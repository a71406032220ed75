// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import TernConfiguration
internal import WebAccess

/// What `tern check` has to say about the HTTP listener: `web.config.file`, and whom it lets in.
enum WebInspection {
    /// Of `dashboard.*`.
    static func findings(
        _ dashboard: DashboardConfiguration, file: String, readFile: (String) throws(SystemFailure) -> [UInt8]
    ) -> [CheckFinding] {
        guard !dashboard.peers.isEmpty, let problem = PeerWatch.problem(of: dashboard, readFile) else { return [] }
        return [CheckFinding(.error, at: file, code: "DASHBOARD_PEERS", problem, status: .usage)]
    }

    static func findings(
        _ http: HTTPConfiguration, file: String, readFile: (String) throws(SystemFailure) -> [UInt8]
    ) -> [CheckFinding] {
        var findings: [CheckFinding] = []
        var configuration = WebConfiguration()
        if let path = http.webFile {
            let read = WebConfigurationFile(path: path, readFile: readFile)
            findings += read.problems.map { problem in
                CheckFinding(
                    problem.severity == .error ? .error : .warning, at: problem.place, code: "WEB_CONFIGURATION",
                    problem.message, status: .usage)
            }
            // What is wrong may be the users: nobody is told then that there are none.
            guard let found = read.configuration else { return findings }
            configuration = found
            if found.tls == nil, found.wantsLogin, http.listen?.isLoopback == false {
                findings.append(
                    CheckFinding(
                        .warning, at: path, code: "LOGIN_IN_THE_CLEAR",
                        "passwords and tokens cross the network in the clear: there is no tls_server_config",
                        hint: "name cert_file and key_file, or put a proxy with TLS before it"))
            }
        }
        if let sentence = WebExposure.sentence(http.listen, configuration) {
            findings.append(CheckFinding(.warning, at: file, code: "OPEN_LISTENER", "http.listen: \(sentence)"))
        }
        return findings
    }
}
