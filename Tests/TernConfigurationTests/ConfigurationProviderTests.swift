// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationProviderTests {
    private static let package = "org.apache.kafka.common.config.provider."
    private let files: [String: [UInt8]] = [
        "/s/p.properties": Array("user = bob\npass = s3\\u0063ret\nunicode = é\nodd\\:key = colon\n".utf8),
        "/s/token": Array("t0ken".utf8),
        "/s/line": Array("t0ken\n".utf8),
    ]
    private let environment = ["SERVERS": "x:1", "EMPTY": "", "A_B": "1"]

    private func client(_ value: String, _ more: String = "") -> LoadedConfiguration {
        loadConfiguration(
            twoClusters + "A.consumer.client.id = \(value.replacing("\\", with: "\\\\"))\n" + more,
            environment: environment, files: files)
    }

    @Test(arguments: [
        ("${env:SERVERS}", "x:1"),
        ("a${env:SERVERS}b", "ax:1b"),
        ("${env:SERVERS}${env:A_B}", "x:11"),
        ("${file:/s/p.properties:user}", "bob"),
        ("${file:/s/p.properties:pass}", "s3cret"),
        // This provider reads UTF-8, unlike the main file.
        ("${file:/s/p.properties:unicode}", "é"),
        // Everything behind the second colon is the key.
        ("${file:/s/p.properties:odd:key}", "colon"),
        ("${dir:/s:token}", "t0ken"),
        ("${dir:/s/:token}", "t0ken"),
        // No placeholders.
        ("${SERVERS}", "${SERVERS}"),
        ("$env:SERVERS", "$env:SERVERS"),
        ("${env:SERVERS", "${env:SERVERS"),
        ("$${env:A_B}", "$1"),
        ("${x} ${env:A_B}", "${x} 1"),
    ])
    func `a placeholder is replaced by what it names`(value: String, expected: String) throws {
        let loaded = client(value)
        #expect(loaded.errors == [])
        #expect(try #require(loaded.flow("A", "B")).consumerProperties["client.id"] == expected)
    }

    @Test(arguments: [
        ("${env:NONE}", "no such environment variable: set it where Tern is started"),
        ("${env:path:NONE}", "a variable has no path: write ${env:NAME}"),
        ("${file:/s/none:user}", "the file cannot be read: check that it is there and readable"),
        ("${file:/s/p.properties:none}", "the file has no such key: add it, or name another"),
        ("${file:user}", "expected a file and a key: write ${file:/path/to/file:key}"),
        ("${dir:/s:none}", "the file cannot be read: check that it is there and readable"),
        ("${dir:/s:../etc/passwd}", "expected a folder and a file name: write ${dir:/path/to:file}"),
        ("${dir:token}", "expected a folder and a file name: write ${dir:/path/to:file}"),
    ])
    func `what cannot be resolved is an error with its line`(value: String, reason: String) {
        #expect(client(value).errors == ["mm2.properties:5: A.consumer.client.id: \(value): \(reason)"])
    }

    @Test func `an unknown provider's placeholder stays as it is, with a warning`() throws {
        let loaded = client("${vault:a:b}")
        #expect(try #require(loaded.flow("A", "B")).consumerProperties["client.id"] == "${vault:a:b}")
        #expect(loaded.warnings.count == 1)
    }

    @Test func `providers can be given other names, and limits`() throws {
        let providers = """
            config.providers = e, f, d
            config.providers.e.class = \(Self.package)EnvVarConfigProvider
            config.providers.e.param.allowlist.pattern = A_.*
            config.providers.f.class = \(Self.package)FileConfigProvider
            config.providers.f.param.allowed.paths = /t, /s
            config.providers.d.class = \(Self.package)DirectoryConfigProvider
            config.providers.d.param.allowed.paths = /s/deeper
            """
        #expect(try #require(client("${e:A_B}", providers).flow("A", "B")).consumerProperties["client.id"] == "1")
        #expect(client("${e:SERVERS}", providers).errors.first?.contains("allowlist.pattern") == true)
        #expect(client("${f:/s/p.properties:user}", providers).errors == [])
        #expect(client("${f:/t/../s/p.properties:user}", providers).errors.first?.contains("cannot be read") == true)
        #expect(client("${f:/t/../x/p.properties:user}", providers).errors.first?.contains("allowed.paths") == true)
        #expect(client("${d:/s:token}", providers).errors.first?.contains("allowed.paths") == true)
    }

    @Test func `a configured name replaces the built-in one`() {
        let loaded = client(
            "${env:/s/p.properties:user}",
            "config.providers = env\nconfig.providers.env.class = \(Self.package)FileConfigProvider")
        #expect(loaded.errors == [])
    }

    @Test func `a provider that Tern does not have is an error`() {
        let loaded = client(
            "${v:a}", "config.providers = v, w\nconfig.providers.v.class = com.example.VaultConfigProvider")
        #expect(loaded.errors.count == 2)
        #expect(loaded.errors.contains { $0.contains("config.providers.v.class: \"com.example.VaultConfigProvider\"") })
        #expect(loaded.errors.contains { $0.contains("has no class") })
    }

    @Test func `a line break at the end of a secret's file is told`() {
        #expect(client("${dir:/s:line}").warnings.first?.contains("ends with a line break") == true)
    }

    @Test func `what a provider gave is not looked at again, and never shown`() {
        let loaded = loadConfiguration(
            twoClusters + "replication.factor = ${env:X}\nlog.level = ${env:Y}\nA.topics = ${env:X}",
            environment: ["X": "${env:SECRET}", "Y": "hunter2", "SECRET": "hunter2"])
        #expect(loaded.errors.count == 2)
        #expect(!"\(loaded.problems) \(loaded)".contains("hunter2"))
        #expect(loaded.explain("log.level").value == "•••")
    }
}
