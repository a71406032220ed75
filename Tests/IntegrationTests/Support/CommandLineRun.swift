// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import KafkaTesting
import Testing
import Text

@testable import MirrorCommands

/// A folder with a properties file for two clusters, and command lines that are run by it in this process.
struct CommandLineRun {
    struct Outcome {
        let status: Int32
        let output: String
        let diagnostics: String
        var document: JSONValue? { try? JSONValue(parsing: output.utf8) }
    }

    let folder: TemporaryFolder

    /// - Parameter properties: the whole file; `nil` for command lines that need none.
    init(_ properties: String?) throws {
        folder = try TemporaryFolder()
        if let properties { try folder.write("mirror.properties", properties) }
    }

    /// `eu` is the first, `us` the second, with a flow each way under MirrorMaker's names.
    init(_ eu: RealCluster, _ us: RealCluster) throws {
        try self.init(
            """
            clusters = eu, us
            eu.bootstrap.servers = \(eu.bootstrapServers)
            us.bootstrap.servers = \(us.bootstrapServers)
            eu->us.enabled = true
            eu->us.topics = cli.*
            replication.factor = 1
            checkpoints.topic.replication.factor = 1
            offset-syncs.topic.replication.factor = 1
            heartbeats.topic.replication.factor = 1
            emit.heartbeats.enabled = false
            heartbeats.replication.enabled = false
            """)
    }

    func callAsFunction(_ arguments: [String]) async -> Outcome {
        let (output, diagnostics) = (MemoryOutput(), MemoryOutput())
        let context = CommandContext(
            variables: ["TERN_CONFIG": folder.path("mirror.properties"), "XDG_CACHE_HOME": folder.path("cache")],
            output: output, diagnostics: diagnostics)
        let status = await CommandLineTool(table: .standard).run(arguments, context)
        return Outcome(status: status.rawValue, output: output.text, diagnostics: diagnostics.text)
    }

    func callAsFunction(_ arguments: String...) async -> Outcome { await self(arguments) }
}
