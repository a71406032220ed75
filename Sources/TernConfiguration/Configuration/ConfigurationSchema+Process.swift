// SPDX-License-Identifier: Apache-2.0

extension ConfigurationSchema {
    private typealias Key = ConfigurationKey

    private static let restReason = "Tern has no Connect REST interface; its own listener is http.listen"

    /// One value for the whole process.
    static let processKeys: [ConfigurationKey] = [
        Key(
            "clusters", .process, .list, .absent("required"),
            "Aliases of the clusters, separated by commas. An alias is free text; it becomes part of topic names under the "
                + "default replication policy."),
        Key(
            "config.providers", .process, .list, .absent("`env`, `file` and `dir` are there by themselves"),
            "Names of configuration providers for placeholders such as ${file:/etc/tern/secrets.properties:password}. Each "
                + "needs config.providers.NAME.class: the EnvVarConfigProvider, FileConfigProvider or DirectoryConfigProvider "
                + "of org.apache.kafka.common.config.provider; param.allowed.paths and param.allowlist.pattern are honoured."
        ),
        Key(
            "dedicated.mode.enable.internal.rest", .process, .boolean, .value("false"),
            effect: .ignored("several daemons share a flow's lanes by themselves", isLoud: false),
            "In MirrorMaker, lets several nodes pass work to each other. Tern needs no such interface."),
        Key(
            "listeners", .process, .list, .value("http://:8083"), effect: .ignored(restReason, isLoud: false),
            "Address of MirrorMaker's internal REST interface."),
        Key(
            "rest.advertised.host.name", .process, .text, .absent("the listener's"),
            effect: .ignored(restReason, isLoud: false), "Of MirrorMaker's internal REST interface."),
        Key(
            "rest.advertised.port", .process, .integer(0...65535), .absent("the listener's"),
            effect: .ignored(restReason, isLoud: false), "Of MirrorMaker's internal REST interface."),
        Key(
            "rest.advertised.listener", .process, .text, .absent("the listener's"),
            effect: .ignored(restReason, isLoud: false), "Of MirrorMaker's internal REST interface."),
        Key(
            "access.control.allow.origin", .process, .text, .value(""), effect: .ignored(restReason, isLoud: false),
            "Of MirrorMaker's internal REST interface."),
        Key(
            "access.control.allow.methods", .process, .text, .value(""), effect: .ignored(restReason, isLoud: false),
            "Of MirrorMaker's internal REST interface."),
        Key(
            "response.http.headers.config", .process, .text, .value(""), effect: .ignored(restReason, isLoud: false),
            "Of MirrorMaker's internal REST interface."),
        Key(
            "ssl.client.auth", .process, .choice(["none", "requested", "required"]), .value("none"),
            effect: .ignored(restReason, isLoud: false), "Of MirrorMaker's internal REST interface."),

        Key(
            "http.listen", .process, .address, .value("127.0.0.1:9470"), origin: .tern,
            "Where /metrics, /api/v1 and the probes are served. The interface is open to whoever reaches it, "
                + "so it is loopback by default; in a container write 0.0.0.0:9470, and web.config.file. `none` serves nothing."
        ),
        Key(
            "web.config.file", .process, .text, .absent("no TLS and no logins"), origin: .tern,
            "A YAML file in the shape of Prometheus' web configuration: TLS, users, and Tern's own tokens and roles. It is read again "
                + "when it changes, and the files that it names."),
        Key(
            "http.connections.max", .process, .integer(1...10_000), .value("64"), origin: .tern,
            "HTTP connections served at a time; further ones are closed."),
        Key(
            "http.idle.timeout.ms", .process, .duration(.milliseconds, 100...3_600_000), .value("15000"), origin: .tern,
            "An HTTP connection without traffic is closed after this time."),
        Key(
            "dashboard.peers", .process, .list, .absent("this daemon alone"), origin: .tern,
            "The other daemons, http://host:port or https://host:port, separated by commas, 64 at most. The dashboard, "
                + "/api/v1/fleet and tern status --fleet join their figures with this daemon's. This daemon may be among them, so that "
                + "all can have one list."),
        Key(
            "dashboard.peers.token.file", .process, .text, .absent("asks without a login"), origin: .tern,
            "A file with the bearer token by which the peers are asked: a viewer's of their web.config.file. It is read again at "
                + "each question, and is sent by TLS or within the machine only."),
        Key(
            "dashboard.peers.ca.file", .process, .text, .absent("the system's"), origin: .tern,
            "The authorities, in PEM, whose certificates count for peers that are asked by https."),
        Key(
            "readiness", .process, .choice(["any", "all", "none"]), .value("any"), origin: .tern,
            "When /readyz says yes: when any enabled flow has both its clusters, when all have, or as soon as the process "
                + "serves."),
        Key(
            "metrics.detail", .process, .choice(["auto", "flow", "topic", "partition"]), .value("auto"), origin: .tern,
            "How finely /metrics goes. `auto` is `partition` up to 2,000 partitions and `topic` above."),
        Key(
            "admin.socket", .process, .text, .value("none"), origin: .tern,
            "Path of a Unix socket, mode 0600, by which programs of the daemon's own user have its file read again (tern reload), and "
                + "pause, resume and restart its flows. `none` serves nothing."),
        Key(
            "lag.interval.ms", .process, .duration(.milliseconds, 100...3_600_000), .value("1000"), origin: .tern,
            "How often lag is measured. An answer older than three intervals counts as unknown."),
        Key(
            "log.level", .process, .choice(["error", "warning", "info", "debug", "trace"]), .value("info"),
            origin: .tern,
            "What is logged to stderr: this level and the graver ones."),
        Key(
            "log.format", .process, .choice(["logfmt", "json"]), .value("logfmt"), origin: .tern,
            "Log lines as key=value pairs or as JSON objects."),
        Key(
            "tracing.otlp.endpoint", .process, .text, .absent("no spans are exported"), origin: .tern,
            "Address of an OpenTelemetry collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; without a path "
                + "/v1/traces is added. Each record whose traceparent header is sampled makes a span. `none` exports nothing."
        ),
        Key(
            "tracing.otlp.headers", .process, .password, .absent("none"), origin: .tern,
            "Headers of each request to the collector, such as a key: name=value, separated by commas."),
        Key(
            "tracing.otlp.ca.file", .process, .text, .absent("the system's authorities"), origin: .tern,
            "A file in PEM with the authorities that the collector's certificate is checked against."),
        Key(
            "tracing.service.name", .process, .text, .value("tern"), origin: .tern,
            "`service.name` of the spans."),
        Key(
            "health.cluster", .process, .text, .absent("the first of `clusters` that is a target"), origin: .tern,
            "Alias of the cluster that the region check, /health, reads from and writes to."),
        Key(
            "health.region", .process, .text, .absent("the alias in health.cluster"), origin: .tern,
            "What the region check calls this region."),
        Key(
            "health.timeout.ms", .process, .duration(.milliseconds, 100...60_000), .value("5000"), origin: .tern,
            "How long the region check's read or write may take before it counts as failed."),
    ]
}
