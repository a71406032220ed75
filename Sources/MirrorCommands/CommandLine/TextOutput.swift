// SPDX-License-Identifier: Apache-2.0
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

    func write(_ text: String) { FileDescriptors.write(Array(text.utf8), to: descriptor) }
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
