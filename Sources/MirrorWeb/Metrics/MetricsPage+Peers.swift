// SPDX-License-Identifier: Apache-2.0
internal import Telemetry
internal import TernAPI

extension MetricCatalogue {
    static let peerUp = metric(
        "tern_fleet_peer_up", labels: ["peer"],
        "Whether a daemon of dashboard.peers has answered within the last 6 s, with a status that can be read.")
    static let peerAnswerAge = metric(
        "tern_fleet_peer_last_answer_age_seconds", labels: ["peer"],
        "How long ago a daemon of dashboard.peers last answered, in seconds; absent before its first answer.")
}

extension MetricsPage {
    /// Nothing where no peers are configured.
    mutating func writePeers(_ peers: [FleetMember]) {
        func labels(_ peer: FleetMember) -> LabelSet { LabelSet(["peer": peer.url ?? ""]) }
        family(MetricCatalogue.peerUp) { family in
            for peer in peers { family.sample(labels(peer), peer.isHeard) }
        }
        family(MetricCatalogue.peerAnswerAge) { family in
            for peer in peers { family.sample(labels(peer), peer.answerAge) }
        }
    }
}
