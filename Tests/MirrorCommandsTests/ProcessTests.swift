// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The executable beside this test bundle; `nil` when it was not built.
private let executable: URL? = {
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
    let file = URL(filePath: path).deletingLastPathComponent().appending(path: "tern")
    return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
}()

@Suite(.enabled(if: executable != nil, "the executable was not built"))
struct ProcessTests {
    private func tern(_ arguments: String...) throws -> (status: Int32, output: String, diagnostics: String) {
        try runProcess(try #require(executable), arguments, environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test func `version names jemalloc, which only executables are linked with`() throws {
        let result = try tern("version", "-o", "tsv")
        #expect(result.status == 0)
        #expect(result.output.contains("jemalloc\t5"))
    }

    @Test func `an unknown command ends with 2 and one line on stderr`() throws {
        let result = try tern("vresion")
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.diagnostics == "tern: unknown command 'vresion'; did you mean 'tern version'?\n")
    }

    @Test func `a reader that goes away is no crash`() throws {
        let bash = try #require(program("bash"))
        let path = try #require(executable).path
        let result = try runProcess(bash, ["-c", "'\(path)' help --json | head -c 1; echo \" ${PIPESTATUS[0]}\""])
        #expect(result.output == "{ 0\n")
    }
}
