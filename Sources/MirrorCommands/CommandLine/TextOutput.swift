// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Platform
internal import Synchronization

/// Where a command writes: a descriptor of the process, or a test's memory.
package protocol TextOutput: Sendable {
    func write(_ text: String)
    /// The columns of the terminal; `nil` when this is none.
    var terminalColumns: Int? { get }
    var isTerminal: Bool { get }
}

/// stdout or stderr.
struct StandardOutput: TextOutput {
    let descriptor: Int32
    static let output = StandardOutput(descriptor: 1)
    static let diagnostics = StandardOutput(descriptor: 2)

    private static let lost = Mutex<SystemFailure?>(nil)

    func write(_ text: String) {
        guard let failure = FileDescriptors.failure(writing: Array(text.utf8), to: descriptor) else { return }
        // A reader that has seen enough (`tern lag | head -1`) misses nothing.
        if descriptor == 1, failure.code != EPIPE { Self.lost.withLock { $0 = failure } }
    }

    /// Why some of what was written to stdout did not arrive there.
    static var failure: SystemFailure? { lost.withLock { $0 } }
    var terminalColumns: Int? { FileDescriptors.terminalColumns(descriptor) }
    var isTerminal: Bool { FileDescriptors.isTerminal(descriptor) }
}

/// Keeps what was written.
package final class MemoryOutput: TextOutput {
    private let content = Mutex("")
    package let terminalColumns: Int?

    /// - Parameter terminalColumns: the width of the terminal that this plays; `nil` plays a pipe.
    package init(terminalColumns: Int? = nil) { self.terminalColumns = terminalColumns }

    package func write(_ text: String) { content.withLock { $0 += text } }
    package var isTerminal: Bool { terminalColumns != nil }
    package var text: String { content.withLock { $0 } }
}
