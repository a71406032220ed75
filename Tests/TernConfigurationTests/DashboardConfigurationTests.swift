// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Testing

@Suite struct `Peers of the dashboard in a file` {
    private func load(_ lines: String) -> LoadedConfiguration { loadConfiguration(twoClusters + lines) }

    @Test func `are read with what it takes to ask them`() {
        let loaded = load(
            """
            dashboard.peers = https://us.example:9470, http://127.0.0.1:9471/ , https://[fd00::1]:9470
            dashboard.peers.token.file = /run/token
            dashboard.peers.ca.file = /etc/ca.pem
            """)
        #expect(loaded.problems.filter { $0.severity != .note }.isEmpty, "\(loaded.problems)")
        let dashboard = loaded.configuration?.dashboard
        #expect(
            dashboard?.peers.map(\.description)
                == ["https://us.example:9470", "http://127.0.0.1:9471", "https://[fd00::1]:9470"])
        #expect(dashboard?.tokenFile == "/run/token")
        #expect(dashboard?.authorities == "/etc/ca.pem")
        #expect(load("").configuration?.dashboard == DashboardConfiguration())
    }

    @Test(arguments: [
        "us.example:9470", "ftp://us:9470", "http://us", "http://us:0", "http://us:70000", "http://:9470",
        "http://u@us:9470", "http://us:9470/path", "http://us:9470?a", "https://", "http://*:9470", "http://us:9470//",
    ])
    func `that are no addresses are refused by name, with what is expected`(text: String) {
        #expect(
            load("dashboard.peers = http://eu:9470, \(text)").errors == [
                "mm2.properties:5: dashboard.peers: \"\(text)\" is no address of a daemon: expected http://host:port or "
                    + "https://host:port, such as https://us.example:9470"
            ])
    }

    @Test func `that are there twice, or too many, are refused`() {
        #expect(
            load("dashboard.peers = http://eu:9470, http://EU:9470/").errors
                == ["mm2.properties:5: dashboard.peers: names \"http://eu:9470\" twice: remove one of them"])
        func many(_ count: Int) -> [String] {
            load("dashboard.peers = " + (1...count).map { "http://h\($0):9470" }.joined(separator: ",")).errors
        }
        #expect(many(64) == [])
        #expect(many(65) == ["mm2.properties:5: dashboard.peers: names 65 daemons: expected at most 64"])
    }

    @Test func `are sent no token in the clear`() {
        let token = "dashboard.peers.token.file = /run/token\ndashboard.peers = "
        #expect(load(token + "https://us:9470, http://localhost:9470").errors == [])
        #expect(
            load(token + "http://us:9470").errors == [
                "mm2.properties:5: dashboard.peers.token.file: \"http://us:9470\" of dashboard.peers is asked without TLS, and "
                    + "whoever is on the way would read the token: write https://"
            ])
    }

    @Test func `that would have no effect are warned about`() {
        #expect(
            load("dashboard.peers = http://us:9470\nhttp.listen = none").warnings
                == ["mm2.properties:5: dashboard.peers: is shown nowhere: http.listen is none"])
        #expect(
            load("dashboard.peers.ca.file = /ca").warnings == [
                "mm2.properties:5: dashboard.peers.ca.file: means nothing without dashboard.peers, which names the daemons"
            ])
    }
}
