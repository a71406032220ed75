// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization

/// One broker's process, with a guardian that outlives us if need be: it reads from a pipe of this process, and when that
/// ends, however this process ended, it kills the broker and deletes its folder.
///
/// `PR_SET_PDEATHSIG` would not do: it fires when the *thread* that started the broker ends, and tests run on threads of
/// a pool.
final class BrokerProcess: Sendable {
    private let shell: ChildProcess
    private let pipe: Mutex<Int32?>
    private let folder: TemporaryFolder

    /// - Parameter arguments: the start script and what it is given.
    init(_ arguments: [String], folder: TemporaryFolder, log: String, environment: [String: String]) throws {
        var ends: [Int32] = [-1, -1]
        // A pair of sockets, since Swift has no pipe2: the flag must be there from the first, or another child inherits it.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw CommandFailure("make a pair of sockets") }
        defer { close(ends[0]) }
        unlink(folder.path("pid"))
        shell = try ChildProcess(
            ["/bin/sh", "-c", Self.script, "broker", folder.path] + arguments, environment: environment,
            input: ends[0], output: log, errors: log)
        self.folder = folder
        pipe = Mutex(ends[1])
    }

    /// `$1` is the folder, the rest the command. The broker's own process id goes to the file `pid`.
    private static let script = """
        folder=$1; shift
        exec 3<&0 </dev/null
        "$@" 3<&- & broker=$!
        echo $broker > "$folder/pid.new" && mv "$folder/pid.new" "$folder/pid"
        ( read -r word <&3; kill -9 $broker 2>/dev/null; [ "$word" = keep ] || rm -rf "$folder" ) >/dev/null 2>&1 &
        exec 3<&-
        wait $broker
        """

    /// Ends the broker with a signal and waits until it is gone. Its folder stays, for another start.
    func end(signal: Int32, within limit: Duration) throws {
        guard let end = pipe.withLock({ $0.take() }) else { return }
        defer { close(end) }
        if let text = try folder.read("pid"), let processID = Int32(text.filter(\.isNumber)) {
            kill(processID, signal)
        }
        if try shell.wait(within: limit) == nil {
            if let text = try folder.read("pid"), let processID = Int32(text.filter(\.isNumber)) {
                kill(processID, SIGKILL)
            }
            _ = try shell.wait(within: .seconds(5))
        }
        _ = write(end, "keep\n", 5)
    }

    /// The process id of the broker itself.
    var processID: Int32? { (try? folder.read("pid")).flatMap { $0 }.flatMap { Int32($0.filter(\.isNumber)) } }
}
