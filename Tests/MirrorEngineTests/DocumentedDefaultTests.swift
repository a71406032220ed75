// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import MirrorEngine
import Testing

/// docs/configuration.md and `tern explain` tell the defaults of the schema's table; the clients get those of the engine.
@Suite struct DocumentedDefaultTests {
    @Test func `the defaults that are documented for clients are those that a lane's clients get`() throws {
        let text = """
            clusters = A, B
            A.bootstrap.servers = a:1
            B.bootstrap.servers = b:1
            A->B.enabled = true
            """
        let loaded = ConfigurationLoader.load(file: "mm2.properties", text: Array(text.utf8))
        let flow = try #require(loaded.configuration?.flows.first { $0.isEnabled })
        let clients: [(ConfigurationKey.ClientKindName, ClientProperties)] = [
            (.consumer, EngineSettings.consumer(flow, partitions: 1)),
            (.producer, EngineSettings.producer(flow, partitions: 1)),
        ]
        var compared: Set<String> = []
        for key in ConfigurationSchema.keys {
            guard case .client(let kinds) = key.scope, case .client(let translation) = key.effect else { continue }
            let names: [String] =
                switch translation {
                case .number(let names, _): names
                case .text(let name): [name]
                case .engine: [key.name]
                case .security, .compressionLevel: []
                }
            for (kind, properties) in clients where kinds.contains(kind) {
                for name in names {
                    guard let used = properties[name], let documented = key.standardValue else { continue }
                    // Where a partition without progress starts is the flow's to find; the client may never jump.
                    if name == "auto.offset.reset" { continue }
                    #expect(used == documented, "\(key.name) of the \(kind.rawValue)")
                    compared.insert(key.name)
                }
            }
        }
        #expect(
            compared.isSuperset(of: ["linger.ms", "batch.size", "fetch.max.bytes", "isolation.level"]), "\(compared)")
    }

    @Test func `what is documented to hold whatever is written does`() throws {
        var owned: [(name: String, kind: ConfigurationKey.ClientKindName)] = []
        for key in ConfigurationSchema.keys {
            guard case .client(let kinds) = key.scope, case .owned = key.effect else { continue }
            for kind in kinds { owned.append((key.name, kind)) }
        }
        #expect(owned.count > 5)
        let lines = owned.map { name, kind in
            "\(kind == .producer ? "B" : "A").\(kind.rawValue).\(name) = 7\n"
        }.joined()
        let text = """
            clusters = A, B
            A.bootstrap.servers = a:1
            B.bootstrap.servers = b:1
            A->B.enabled = true
            \(lines)
            """
        let loaded = ConfigurationLoader.load(file: "mm2.properties", text: Array(text.utf8))
        let flow = try #require(loaded.configuration?.flows.first { $0.isEnabled }, "\(loaded.problems)")
        let (consumer, producer) = (
            EngineSettings.consumer(flow, partitions: 1), EngineSettings.producer(flow, partitions: 1)
        )
        for (name, kind) in owned {
            #expect((kind == .producer ? producer : consumer)[name] != "7", "\(name)")
        }
    }
}
