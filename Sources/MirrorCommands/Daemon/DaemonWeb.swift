// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import MirrorWeb
internal import Telemetry

/// The HTTP side of a daemon, as its configuration wants it.
enum DaemonWeb {
    /// Starts to listen; `nil` where no listener is wanted.
    ///
    /// - Throws: a failure that names the address: it is taken, or not this machine's.
    static func start(
        _ configuration: HTTPConfiguration, for daemon: RunningDaemon, _ log: Log,
        acts: AdminActs? = nil, keeper: WebKeeper? = nil, peers: PeerWatch? = nil
    ) throws(CommandFailure) -> HTTPServer? {
        guard let listen = configuration.listen else { return nil }
        do throws(HTTPServerError) {
            let web = routes(configuration, for: daemon, log, acts: acts, keeper: keeper, peers: peers)
            daemon.onEachSecond? {
                web.pulse()
                keeper?.lookSoon()
            }
            let server = try web.serve(on: listen)
            keeper?.serve(server)
            return server
        } catch {
            throw CommandFailure(.failed, code: "LISTEN_FAILED", "\(error)", resource: "\(listen)")
        }
    }

    /// What is answered, whoever listens.
    static func routes(
        _ configuration: HTTPConfiguration, for daemon: RunningDaemon, _ log: Log,
        acts: AdminActs? = nil, keeper: WebKeeper? = nil, peers: PeerWatch? = nil
    ) -> MirrorWeb {
        let build = BuildInformation(
            version: TernVersion.current, revision: TernVersion.revision, clientVersion: Clients.libraryVersion)
        let control = daemon.forceRegionUnhealthy.map { WebControl(forceRegionUnhealthy: $0) }
        return MirrorWeb(
            status: daemon.status, build: build, log: log, control: control, translate: daemon.translate,
            wait: daemon.wait, acts: acts, gatekeeper: keeper?.gatekeeper, peers: { peers?.members ?? [] },
            options: .init(configuration))
    }
}
