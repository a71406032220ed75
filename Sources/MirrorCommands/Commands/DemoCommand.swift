// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Telemetry

enum DemoCommand {
    static let clusters = Flag("clusters", .choice(["2", "3"]), preset: "2", "how many clusters there are")
    static let seconds = Flag(
        "seconds", .count("N"), "how long applications write; 30 when not given, 15 in a pipe")
    static let rate = Flag("rate", .count("R"), preset: "300", "records that are written on each cluster per second")
    static let listen = Flag(
        "listen", .text("ADDRESS"),
        "where the HTTP server listens, or none; when not given 127.0.0.1:9470, or a free port where that is taken")

    static let command = Command(
        path: ["demo"],
        summary: "show mirroring between clusters in this process, no broker needed",
        discussion: [
            "Starts two or three Kafka clusters inside this process, applications that write to each of them, and the "
                + "daemon with flows in every direction, under equal topic names. It shows lag and rates while they run, on "
                + "its screen and over HTTP. One of the clusters answers no reader for a while, to let the lag grow.",
            "At the end an independent consumer reads every cluster to its end, and the summary proves what arrived "
                + "where: every record on every cluster exactly once, in order, byte for byte, and none returned. Ctrl-C "
                + "ends the writing early; the summary follows all the same.",
        ],
        flags: [clusters, seconds, rate, listen],
        examples: [
            .init(purpose: "half a minute to watch", line: "tern demo"),
            .init(purpose: "a mesh of three, with more traffic", line: "tern demo --clusters 3 --rate 1000"),
            .init(purpose: "a quick check that this build mirrors", line: "tern demo --seconds 3 | tail -n 1"),
        ],
        statuses: [(.failed, "the proof failed")],
        drainsOnSignals: true,
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let options = try DemoOptions(invocation, context)
        return try await Demo(options, invocation, context).run()
    }
}

/// What the command line asks the demo for.
struct DemoOptions: Sendable, Equatable {
    enum Listen: Sendable, Equatable {
        case none
        case at(ListenAddress)
        /// The usual address, or any port when that is taken.
        case anywhere
    }
    var clusters: Int
    var seconds: Int
    var rate: Int
    var listen: Listen

    init(_ invocation: Invocation, _ context: CommandContext) throws(CommandFailure) {
        clusters = invocation.count(DemoCommand.clusters) ?? 2
        seconds = invocation.count(DemoCommand.seconds) ?? (context.output.isTerminal ? 30 : 15)
        rate = invocation.count(DemoCommand.rate) ?? 300
        switch invocation[DemoCommand.listen] {
        case nil: listen = .anywhere
        case "none": listen = .none
        case .some(let text):
            guard let address = ListenAddress(parsing: text, defaultPort: nil) else {
                throw .usage("--listen: '\(text)' is no address, write for example 127.0.0.1:9470")
            }
            listen = .at(address)
        }
        let capacity = DemoWorld.capacity(clusters: clusters)
        guard seconds <= capacity, rate <= capacity / seconds else {
            throw .usage(
                "\(seconds) s of \(rate) records are more than clusters in memory can keep",
                hint: seconds <= capacity
                    ? "--rate \(capacity / seconds) is the most for \(seconds) s" : "--seconds \(capacity) is the most")
        }
    }
}
