// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Platform
internal import TernConfiguration
internal import Text
internal import WebAccess

/// What the commands that ask a daemon have in common: how it is found, and how they watch it.
enum DaemonQuestion {
    static let url = Flag("url", .text("URL"), "the daemon's HTTP listener, instead of the file's http.listen")
    static let watch = Flag("watch", "show it again and again, until interrupted; on a terminal only")
    static let interval = Flag("interval", .duration, preset: "2s", "how often --watch asks")
    static let tokenFile = Flag("token-file", .file("PATH"), "a file with the bearer token to log in by")
    static let authorities = Flag(
        "ca-file", .file("PATH"), "the authorities whose certificates count for https, in PEM, instead of the system's")
    /// Where a daemon is, and how it is asked.
    static let reach: [Flag] = [url, tokenFile, authorities]
    static let flags: [Flag] = reach + [.timeout] + Flag.configuration + [watch, interval]

    static let file = Argument(
        name: "FILE", kind: .file, accepts: { !isFlow($0) }, summary: "the properties file, for its http.listen")
    static let flow = Argument(
        name: "FLOW", kind: .name(.flow), isRepeatable: true, accepts: isFlow,
        summary: "flows to show, as SOURCE->TARGET; all when none is named")

    @Sendable private static func isFlow(_ word: String) -> Bool { word.contains("->") || word.contains("→") }

    /// `eu→us`, as screens show it, means `eu->us`.
    /// - Parameter flag: names flows, too.
    static func flows(_ invocation: Invocation, and flag: Flag? = nil) -> [String] {
        (invocation.allArguments(flow.name) + (flag.map { invocation.all($0) } ?? [])).map {
            $0.replacing("→", with: "->")
        }
    }

    static func client(_ invocation: Invocation, _ context: CommandContext) throws(CommandFailure) -> DaemonClient {
        let address = try address(invocation, context)
        return DaemonClient(
            address: address, timeout: invocation.duration(.timeout) ?? .seconds(10),
            login: try login(to: address, invocation, context))
    }

    /// The daemon that `--url` names; `nil` where nothing does.
    static func remote(
        _ invocation: Invocation, _ context: CommandContext, timeout: Duration
    ) throws(CommandFailure) -> DaemonClient? {
        guard let url = invocation[url] else {
            if let flag = [tokenFile, authorities].first(where: { invocation[$0] != nil }) {
                throw .usage("--\(flag.name) is for the daemon that --url names", hint: "name it, https://…")
            }
            return nil
        }
        let address = try DaemonAddress(url: url)
        return DaemonClient(
            address: address, timeout: timeout, login: try login(to: address, invocation, context))
    }

    /// What the flags say of it.
    static func login(
        to address: DaemonAddress, _ invocation: Invocation, _ context: CommandContext
    ) throws(CommandFailure) -> DaemonLogin {
        var login = DaemonLogin(authorities: invocation[authorities])
        if let path = login.authorities {
            do { _ = try context.readFile(path) } catch {
                throw .usage("--ca-file: '\(path)' cannot be read: \(error.reason)")
            }
        }
        guard let path = invocation[tokenFile] else { return login }
        guard address.keepsSecrets else {
            throw .usage(
                "--token-file: \(address) is asked without TLS, and whoever is on the way would read the token",
                hint: "write https://, or ask from the daemon's own machine")
        }
        let bytes: [UInt8]
        do { bytes = try context.readFile(path) } catch {
            throw .usage("--token-file: '\(path)' cannot be read: \(error.reason)")
        }
        guard let token = TokenFile.token(in: bytes) else {
            throw .usage("--token-file: '\(path)' holds no token: expected printable characters on one line")
        }
        login.token = String(decoding: token, as: UTF8.self)
        return login
    }

    private static func address(
        _ invocation: Invocation, _ context: CommandContext
    ) throws(CommandFailure) -> DaemonAddress {
        if let url = invocation[url] { return try DaemonAddress(url: url) }
        guard let path = try ConfigurationFile.path(invocation, context) else {
            // Where a daemon listens unless its file says otherwise.
            let standard = HTTPConfiguration().listen
            return DaemonAddress(host: standard?.host ?? "", port: standard?.port ?? 0)
        }
        let file = try ConfigurationFile(path: path, invocation, context)
        guard let configuration = file.loaded.configuration else { throw file.invalid }
        guard let listen = configuration.http.listen, listen.port > 0 else {
            throw .usage(
                "\(path): http.listen names no port where the daemon could be asked", hint: "--url names it")
        }
        return DaemonAddress(
            host: listen.host, port: listen.port, isSecure: isSecure(configuration.http, context))
    }

    /// Whether the daemon of a file speaks TLS. A web.config.file that this user may not read is of no help: then `--url` says it.
    static func isSecure(_ http: HTTPConfiguration, _ context: CommandContext) -> Bool {
        guard let path = http.webFile else { return false }
        return WebConfigurationFile(path: path, readFile: context.readFile).mentionsTLS
    }

    /// Prints a report once, or with `--watch` until the process is interrupted.
    ///
    /// - Parameter endsWatch: a report that is not `done`, and a daemon that does not answer, end it too. A terminal is not
    ///   needed then: in a pipe only the last report is printed.
    static func answer(
        _ invocation: Invocation, _ context: CommandContext, endsWatch: Bool = false,
        with report: @Sendable (DaemonClient) async throws(CommandFailure) -> Report
    ) async throws -> ExitStatus {
        let client = try client(invocation, context)
        guard invocation.has(watch) else { return try context.print(try await report(client), for: invocation) }
        guard context.output.isTerminal || endsWatch else { throw CommandFailure.usage("--watch needs a terminal") }
        guard [.table, .wide].contains(invocation.format) else {
            throw CommandFailure.usage("--watch shows tables only, not \(invocation.format.rawValue)")
        }
        let pause = invocation.duration(interval) ?? .seconds(2)
        while true {
            var screen = Report(kind: "", data: .null)
            do throws(CommandFailure) { screen = try await report(client) } catch {
                if endsWatch { throw error }
                screen.notes = ["! " + error.line]
            }
            if endsWatch, screen.status != .done { return try context.print(screen, for: invocation) }
            guard context.output.isTerminal else {
                try await Task.sleep(for: pause)
                continue
            }
            // Home, then the text, then whatever the last screen left below it: no flicker.
            context.output.write("\u{1B}[H\u{1B}[2J")
            _ = try context.print(screen, for: invocation)
            try await Task.sleep(for: pause)
        }
    }
}
