// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc

/// A program that is run to its end, with something to read and a limit.
public enum HookProcess {
    public enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It took too long, and was ended with all that it had started.
        case timedOut
        case notStarted(SystemFailure)
    }

    /// How long a program has to end by itself after SIGTERM.
    private static let grace = Duration.seconds(2)
    /// Kept of what it writes.
    private static let outputLimit = 4096

    /// Runs a program, on this thread. It leads a process group of its own, inherits no descriptor but the three that it is given, and no
    /// blocked signal.
    ///
    /// - Parameters:
    ///   - arguments: the program's path, and what it is given.
    ///   - input: what it reads on its standard input, then comes the end.
    ///   - more: added to this process's environment.
    /// - Returns: how it ended, and the last 4 KiB that it wrote on its standard output and error.
    public static func run(
        _ arguments: [String], input: [UInt8], environment more: [String: String] = [:], within limit: Duration
    ) -> (end: End, output: [UInt8]) {
        // A file in memory: whoever does not read it cannot block us, and no pipe can break.
        let memory = tern_memory_file("tern-hook")
        guard memory >= 0 else { return (.notStarted(.last()), []) }
        defer { close(memory) }
        if let failure = FileDescriptors.failure(writing: input, to: memory) { return (.notStarted(failure), []) }
        lseek(memory, 0, SEEK_SET)
        var ends: [Int32] = [-1, -1]
        guard tern_pipe(&ends) == 0 else { return (.notStarted(.last()), []) }
        defer { close(ends[0]) }
        let started = spawn(arguments, more, input: memory, output: ends[1])
        close(ends[1])
        switch started {
        case .failure(let failure): return (.notStarted(failure), [])
        case .success(let process): return wait(for: process, reading: ends[0], within: limit)
        }
    }

    private static func spawn(
        _ arguments: [String], _ more: [String: String], input: Int32, output: Int32
    ) -> Result<pid_t, SystemFailure> {
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = ProcessEnvironment.adding(more).map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var process: pid_t = 0
        let code = tern_spawn(&process, &argv, &envp, input, output)
        return code == 0 ? .success(process) : .failure(.last(code))
    }

    private static func wait(
        for process: pid_t, reading descriptor: Int32, within limit: Duration
    ) -> (end: End, output: [UInt8]) {
        var output: [UInt8] = []
        let deadline = ContinuousClock.now + limit
        var isAsked = false
        while true {
            drain(descriptor, into: &output, within: 50)
            var word: Int32 = 0
            let answer = waitpid(process, &word, WNOHANG)
            if answer == process || (answer < 0 && errno != EINTR) {
                // What it has started in its group and left behind goes with it where it was out of time.
                if isAsked { kill(-process, SIGKILL) }
                drain(descriptor, into: &output, within: 0)
                if isAsked { return (.timedOut, output) }
                return (word & 0x7F == 0 ? .exited((word >> 8) & 0xFF) : .signalled(word & 0x7F), output)
            }
            if ContinuousClock.now >= deadline + grace {
                kill(-process, SIGKILL)
            } else if ContinuousClock.now >= deadline, !isAsked {
                isAsked = true
                kill(-process, SIGTERM)
            }
        }
    }

    /// Reads what is there, and waits so many milliseconds for the first of it.
    private static func drain(_ descriptor: Int32, into output: inout [UInt8], within milliseconds: Int32) {
        var chunk = [UInt8](repeating: 0, count: outputLimit)
        var wait = milliseconds
        while true {
            var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            guard poll(&descriptors, 1, wait) > 0 else { return }
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else {
                // Nobody writes any more: the end of the process is near.
                if count == 0, milliseconds > 0 { usleep(5000) }
                return
            }
            output = Array((output + chunk[..<count]).suffix(outputLimit))
            wait = 0
        }
    }
}
