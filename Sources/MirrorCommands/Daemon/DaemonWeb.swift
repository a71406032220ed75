// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import MirrorWeb
internal import Mirroring
internal import Telemetry

/// The HTTP side of a daemon, as its configuration wants it.
enum DaemonWeb {
    /// Starts to listen; `nil` where no listener is wanted.
    ///
    /// - Throws: a failure that names the address: it is taken, or not this machine's.
    static func start(
        _ configuration: HTTPConfiguration, for daemon: RunningDaemon, _ log: Log
    ) throws(CommandFailure) -> HTTPServer? {
        guard let listen = configuration.listen else { return nil }
        let build = BuildInformation(version: TernVersion.current, clientVersion: Clients.libraryVersion)
        let control = daemon.forceRegionUnhealthy.map { WebControl(forceRegionUnhealthy: $0) }
        let web = MirrorWeb(
            status: daemon.status, build: build, log: log, control: control, options: options(configuration))
        do throws(HTTPServerError) {
            return try web.serve(on: .init(host: listen.host, port: listen.port))
        } catch {
            throw CommandFailure(.failed, code: "LISTEN_FAILED", "\(error)", resource: "\(listen)")
        }
    }

    private static func options(_ configuration: HTTPConfiguration) -> MirrorWeb.Options {
        var options = MirrorWeb.Options()
        options.limits.connections = configuration.maximumConnections
        options.limits.connectionsPerAddress = min(
            options.limits.connectionsPerAddress, configuration.maximumConnections)
        options.limits.idleTimeout = configuration.idleTimeout
        options.readiness =
            switch configuration.readiness {
            case .any: .any
            case .all: .all
            case .none: .none
            }
        options.metricsDetail =
            switch configuration.metricsDetail {
            case .auto: nil
            case .flow: .flow
            case .topic: .topic
            case .partition: .partition
            }
        return options
    }
}
