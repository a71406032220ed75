// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Platform
internal import Synchronization

/// What a program said and how it ended.
public struct CommandResult: Sendable {
    /// The exit status, or 128 and the number of the signal that ended it.
    public var status: Int32
    public var output: String
    public var errors: String
}

/// A program of another process. Its standard streams are files and pipes: nothing is lost, nothing blocks.
public final class ChildProcess: Sendable {
    public let processID: Int32
    private let hasEnded = Mutex(false)

    /// Starts it.
    ///
    /// - Parameters:
    ///   - arguments: the program, looked up in `PATH`, and what it is given.
    ///   - environment: what to add to this process's own.
    ///   - input: a file descriptor to read from; nothing if nil.
    ///   - output, errors: paths of files to write; nothing is kept where nil.
    public init(
        _ arguments: [String], environment: [String: String] = [:], input: Int32? = nil, output: String? = nil,
        errors: String? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", flags, 0o644)
        if let errors, errors == output {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, errors ?? "/dev/null", flags, 0o644)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A program under test blocks signals for its own ends; its children must not inherit that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var argv = arguments.map { strdup($0) } + [nil]
        var envp = ProcessEnvironment.adding(environment).map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var processID: pid_t = 0
        let code = posix_spawnp(&processID, arguments.first ?? "", &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw CommandFailure("\(arguments.first ?? ""): \(String(cString: strerror(code)))") }
        self.processID = processID
    }

    /// A test that failed leaves nothing behind: a child that nobody waits for keeps Swift Testing's exit tests waiting.
    deinit {
        guard !hasEnded.withLock({ $0 }) else { return }
        kill(processID, SIGKILL)
        waitpid(processID, nil, 0)
    }

    public func send(signal: Int32) { kill(processID, signal) }

    /// Waits for the end, on this thread; nil when it does not come in time.
    ///
    /// - Returns: the exit status, or 128 and the number of the signal.
    public func wait(within limit: Duration) throws -> Int32? {
        var status: Int32?
        let deadline = ContinuousClock.now + limit
        repeat {
            var word: Int32 = 0
            let answer = waitpid(processID, &word, WNOHANG)
            if answer == processID {
                hasEnded.withLock { $0 = true }
                status = word & 0x7F == 0 ? (word >> 8) & 0xFF : 128 + (word & 0x7F)
            } else if answer < 0, errno != EINTR {
                throw CommandFailure("wait for \(processID): \(String(cString: strerror(errno)))")
            } else {
                usleep(5000)
            }
        } while status == nil && ContinuousClock.now < deadline
        return status
    }
}

/// A command that could not be run, or did not end.
public struct CommandFailure: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// Runs programs to their end.
public enum Command {
    /// - Parameter arguments: the program, looked up in `PATH`, and what it is given.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> CommandResult {
        try await ThreadExecutor.shared.run { () throws(any Error) in
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let child = try ChildProcess(
                arguments, environment: environment, output: folder.path("out"), errors: folder.path("err"))
            guard let status = try child.wait(within: limit) else {
                child.send(signal: SIGKILL)
                _ = try child.wait(within: .seconds(5))
                throw CommandFailure("\(arguments.joined(separator: " ")) did not end within \(limit)")
            }
            return CommandResult(
                status: status, output: try folder.read("out") ?? "", errors: try folder.read("err") ?? "")
        }
    }
}
