// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Everything above the C border: no `unsafe` there.
let strict = settings + [.strictMemorySafety()]

/// The commit, which `packaging/build` names. A build at a desk has none: it would be compiled anew after each commit.
let revision = Context.environment["TERN_REVISION"] ?? ""

/// What is fuzzed: the parsers with the promises that they keep. Built as tests, and with `TERN_FUZZ=1` as the program of libFuzzer
/// (`.ci/fuzz`), which brings its own `main` and can only be linked with `--sanitize=fuzzer`.
let fuzzedModules: [Target.Dependency] = [
    "Certificates", "HTTPClient", "Kafka", "KafkaTypes", "Login", "MirrorWeb", "Mirroring", "Patterns", "Platform",
    "Telemetry",
    "TernAPI", "TernConfiguration", "Text", "TopicFiles", "TopicPlanning", "WebAccess",
]
let fuzzing: Target =
    Context.environment["TERN_FUZZ"] == nil
    ? .testTarget(
        name: "FuzzingTests", dependencies: fuzzedModules, path: "Tests/Fuzzing", exclude: ["Corpus", "Program"],
        swiftSettings: settings)
    : .executableTarget(
        name: "tern-fuzz", dependencies: fuzzedModules, path: "Tests/Fuzzing", exclude: ["Corpus", "Tests"],
        swiftSettings: settings)

let package = Package(
    name: "tern",
    products: [
        .executable(name: "tern", targets: ["tern"]),
        .executable(name: "tern-bench", targets: ["tern-bench"]),
        .library(name: "Kafka", targets: ["Kafka"]),
        .library(name: "Mirroring", targets: ["Mirroring"]),
        .library(name: "TernConfiguration", targets: ["TernConfiguration"]),
        .library(name: "TopicAdministration", targets: ["TopicAdministration"]),
        .library(name: "TopicFiles", targets: ["TopicFiles"]),
        .library(name: "TopicPlanning", targets: ["TopicPlanning"]),
        .library(name: "MirrorEngine", targets: ["MirrorEngine"]),
        .library(name: "KafkaTypes", targets: ["KafkaTypes"]),
    ],
    targets: [
        // C libraries, as Debian packages them.
        .systemLibrary(name: "CRDKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),

        // What Swift's Glibc module hides.
        .target(name: "CPlatform"),
        // jemalloc and its settings: executables only, since sanitizers bring their own malloc.
        .target(name: "CAllocator", dependencies: ["CJemalloc"]),
        // Which commit this was built from.
        .target(name: "CBuild", cSettings: [.define("TERN_REVISION", to: "\"\(revision)\"")]),

        // Threads, mailboxes, signals. Sees nothing of ours.
        .target(name: "Platform", dependencies: ["CPlatform"], swiftSettings: settings),
        // The nouns that the client and the decisions share. Sees nothing of ours.
        .target(name: "KafkaTypes", swiftSettings: strict),
        // JSON, moments, durations, sizes, misspelt names, hostile characters. Sees nothing of ours.
        .target(name: "Text", swiftSettings: strict),
        // Questions over HTTP, by libcurl.
        .target(name: "HTTPClient", dependencies: ["CCurl", "KafkaTypes", "Text"], swiftSettings: settings),
        // Tokens to log in by: OAuth 2.0 and AWS. Asks by HTTPClient, signs by OpenSSL. Cannot see Kafka, which hands them to clients.
        .target(
            name: "Login", dependencies: ["COpenSSL", "HTTPClient", "KafkaTypes", "Platform", "Text"],
            swiftSettings: settings),
        // librdkafka, wrapped. Cannot see Mirroring: it stays reusable.
        .target(name: "Kafka", dependencies: ["CRDKafka", "KafkaTypes", "Login", "Platform"], swiftSettings: settings),
        // Log lines, histograms, the exposition format.
        .target(name: "Telemetry", dependencies: ["Text"], swiftSettings: strict),
        // Java's regular expressions, by PCRE2. Sees nothing of ours.
        .target(name: "Patterns", dependencies: ["CPCRE2"], swiftSettings: settings),
        // Certificates, read by OpenSSL. Sees nothing of ours.
        .target(name: "Certificates", dependencies: ["COpenSSL"], swiftSettings: settings),
        // A configuration file, read: clusters and flows, what each selects, how it names. No C, no threads, no clock.
        .target(name: "TernConfiguration", dependencies: ["KafkaTypes", "Patterns", "Text"], swiftSettings: strict),
        // Everything that decides about mirroring: no C, no threads, no clock.
        .target(name: "Mirroring", dependencies: ["KafkaTypes", "TernConfiguration", "Text"], swiftSettings: strict),
        // Topics as code: declarations, plans, risks, differences, what is kept in step. No C, no threads, no clock.
        .target(
            name: "TopicPlanning", dependencies: ["KafkaTypes", "Mirroring", "TernConfiguration", "Text"],
            swiftSettings: strict),
        // Topic files: YAML in, YAML out. The schema it reads by is in TopicPlanning.
        .target(
            name: "TopicFiles", dependencies: ["CYAML", "KafkaTypes", "TernConfiguration", "Text", "TopicPlanning"],
            swiftSettings: settings),
        // Who may ask a daemon over HTTP: web.config.file, roles, passwords by libcrypt, tokens by OpenSSL. Sees TopicFiles for
        // its YAML alone.
        .target(
            name: "WebAccess",
            dependencies: ["CCrypt", "COpenSSL", "Platform", "Text", "TopicFiles", "TopicPlanning"],
            swiftSettings: settings),
        // TLS to a daemon, by libcurl. Sees Platform alone.
        .target(name: "SecureTransport", dependencies: ["CCurl", "Platform"], swiftSettings: settings),
        // Looks at the topics of a cluster and changes them as planned.
        .target(
            name: "TopicAdministration",
            dependencies: ["Kafka", "KafkaTypes", "TernConfiguration", "TopicPlanning"], swiftSettings: strict),
        // Everything that performs.
        .target(
            name: "MirrorEngine",
            dependencies: [
                "HTTPClient", "Kafka", "KafkaTypes", "Mirroring", "Platform", "Telemetry", "TernConfiguration", "Text",
                "TopicAdministration", "TopicPlanning",
            ], swiftSettings: strict),
        // What is said over HTTP: the endpoints and their documents, for the daemon and for who asks it.
        .target(name: "TernAPI", dependencies: ["Text"], swiftSettings: strict),
        // The dashboard's files, in the program. The scripts are one when they are served: there is nothing to bundle.
        .target(
            name: "Dashboard",
            resources: [
                .embedInCode("Page/index.html"), .embedInCode("Page/app.css"), .embedInCode("Page/format.js"),
                .embedInCode("Page/document.js"), .embedInCode("Page/chart.js"), .embedInCode("Page/map.js"),
                .embedInCode("Page/fleet.js"), .embedInCode("Page/attention.js"), .embedInCode("Page/topics.js"),
                .embedInCode("Page/traffic.js"), .embedInCode("Page/live.js"),
            ], swiftSettings: settings),
        // HTTP. Cannot see MirrorEngine: it renders a MirrorStatus that it is handed.
        .target(
            name: "MirrorWeb",
            dependencies: [
                "CMicroHTTPD", "Dashboard", "KafkaTypes", "Mirroring", "Telemetry", "TernAPI", "TernConfiguration",
                "Text", "WebAccess",
            ],
            swiftSettings: settings),
        // The command table and what each command does.
        .target(
            name: "MirrorCommands",
            dependencies: [
                "CBuild", "Certificates", "Kafka", "KafkaTypes", "MirrorEngine", "MirrorWeb", "Mirroring", "Patterns",
                "Platform", "SecureTransport", "Telemetry", "TernAPI", "TernConfiguration", "Text",
                "TopicAdministration",
                "TopicFiles", "TopicPlanning", "WebAccess",
            ],
            swiftSettings: strict),
        .executableTarget(name: "tern", dependencies: ["MirrorCommands", "CAllocator"], swiftSettings: strict),

        // Mock clusters, real brokers, manual clocks: for tests and measurements only.
        .target(
            name: "KafkaTesting", dependencies: ["COpenSSL", "Kafka", "KafkaTypes", "Platform"], swiftSettings: settings
        ),
        // A deterministic world around the partition machine: logs, clients, progress, faults, by one seed.
        .target(
            name: "MirrorSimulation", dependencies: ["KafkaTypes", "Mirroring", "TernConfiguration"],
            swiftSettings: strict),
        // What tern-bench measures and how.
        .target(
            name: "Measuring",
            dependencies: [
                "KafkaTesting", "Kafka", "KafkaTypes", "MirrorEngine", "MirrorSimulation", "MirrorWeb", "Mirroring",
                "Platform", "Telemetry", "TernConfiguration",
            ], swiftSettings: settings),
        .executableTarget(name: "tern-bench", dependencies: ["Measuring", "CAllocator"], swiftSettings: strict),

        // Lets ThreadSanitizer see the threads of librdkafka: test programs only.
        .target(name: "CThreads", path: "Tests/CThreads"),
        // Reads JSON documents and holds them against schemas: tests only.
        .target(
            name: "DocumentTesting", dependencies: ["Text"], path: "Tests/DocumentTesting", swiftSettings: settings),
        .testTarget(name: "PlatformTests", dependencies: ["Platform"], swiftSettings: settings),
        .testTarget(
            name: "LoginTests", dependencies: ["HTTPClient", "KafkaTesting", "KafkaTypes", "Login", "Text"],
            swiftSettings: settings),
        .testTarget(name: "KafkaTypesTests", dependencies: ["KafkaTypes"], swiftSettings: settings),
        .testTarget(
            name: "KafkaTests", dependencies: ["Kafka", "KafkaTypes", "KafkaTesting", "Platform", "CThreads"],
            swiftSettings: settings),
        .testTarget(name: "PatternsTests", dependencies: ["Patterns", "KafkaTesting"], swiftSettings: settings),
        .testTarget(name: "TextTests", dependencies: ["DocumentTesting", "Text"], swiftSettings: settings),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: settings),
        .testTarget(
            name: "TernAPITests", dependencies: ["DocumentTesting", "TernAPI", "Text"], swiftSettings: settings),
        .testTarget(
            name: "TernConfigurationTests", dependencies: ["TernConfiguration", "KafkaTypes", "Patterns"],
            swiftSettings: settings),
        .testTarget(
            name: "MirroringTests", dependencies: ["Mirroring", "KafkaTypes", "Patterns", "TernConfiguration"],
            exclude: ["WrittenRows"], swiftSettings: settings),
        .testTarget(
            name: "TopicPlanningTests",
            dependencies: ["TopicPlanning", "Mirroring", "KafkaTypes", "TernConfiguration", "Text"],
            swiftSettings: settings),
        .testTarget(
            name: "WebAccessTests", dependencies: ["KafkaTesting", "Platform", "WebAccess"], swiftSettings: settings),
        .testTarget(name: "MirrorSimulationTests", dependencies: ["MirrorSimulation"], swiftSettings: settings),
        .testTarget(
            name: "TopicFilesTests", dependencies: ["TopicFiles", "TopicPlanning", "TernConfiguration", "KafkaTypes"],
            swiftSettings: settings),
        .testTarget(
            name: "MirrorEngineTests",
            dependencies: [
                "HTTPClient", "MirrorEngine", "MirrorWeb", "Mirroring", "Kafka", "KafkaTypes", "KafkaTesting",
                "Telemetry", "Platform", "TernConfiguration", "TopicAdministration", "TopicPlanning",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MirrorWebTests",
            dependencies: [
                "DocumentTesting", "KafkaTesting", "MirrorWeb", "Mirroring", "KafkaTypes", "Platform", "Telemetry",
                "SecureTransport", "TernAPI", "TernConfiguration", "Text", "WebAccess",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MirrorCommandsTests",
            dependencies: [
                "Certificates", "DocumentTesting", "MirrorCommands", "MirrorWeb", "Mirroring", "Kafka", "KafkaTypes",
                "KafkaTesting", "Platform", "SecureTransport", "Telemetry", "TernAPI", "TernConfiguration", "Text",
                "TopicAdministration", "TopicPlanning", "WebAccess",
            ],
            exclude: ["Snapshots"], swiftSettings: settings),
        .testTarget(
            name: "MeasuringTests", dependencies: ["Measuring", "KafkaTesting", "KafkaTypes"], swiftSettings: settings),
        // Against real brokers, found by KAFKA_HOME; skipped by name where there are none.
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "DocumentTesting", "KafkaTesting", "Kafka", "KafkaTypes", "MirrorCommands", "Mirroring", "MirrorEngine",
                "MirrorSimulation", "Platform", "Telemetry", "TernAPI", "TernConfiguration", "Text",
                "TopicAdministration", "TopicFiles",
                "TopicPlanning",
            ],
            swiftSettings: settings),
        fuzzing,
    ],
    cLanguageStandard: .c11
)
