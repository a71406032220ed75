// SPDX-License-Identifier: Apache-2.0
import Foundation

// The functions that libFuzzer looks for; its own library has `main`. `.ci/fuzz` builds and runs this.

/// The parser of this process: `TERN_FUZZ` names it.
private let parser: FuzzedParser = {
    let name = ProcessInfo.processInfo.environment["TERN_FUZZ"] ?? ""
    guard let parser = FuzzedParser.all.first(where: { $0.name == name }) else {
        print(FuzzedParser.all.map(\.name).joined(separator: "\n"))
        exit(name == "list" ? 0 : 2)
    }
    return parser
}()

@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
    _: UnsafeMutablePointer<CInt>?, _: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    _ = parser.name
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(BrokenPromise) {
        try parser.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
        fatalError("\(parser.name): \(error.words)")
    }
    return 0
}
