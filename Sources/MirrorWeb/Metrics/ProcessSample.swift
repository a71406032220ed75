// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What the kernel says about this process. A part that cannot be read is `nil`, and absent from the page.
struct ProcessSample: Sendable {
    var cpuSeconds: Double?
    var residentBytes: Int64?
    var virtualBytes: Int64?
    var openFiles: Int64?
    var maximumFiles: Int64?
    var startSeconds: Double?

    static func take() -> ProcessSample {
        var sample = ProcessSample()
        var time = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 {
            sample.cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        // statm: pages in all, pages resident, …
        if let pages = read("/proc/self/statm")?.split(separator: " "), pages.count > 1 {
            let pageBytes = Int64(sysconf(Int32(_SC_PAGESIZE)))
            sample.virtualBytes = Int64(pages[0]).map { $0 * pageBytes }
            sample.residentBytes = Int64(pages[1]).map { $0 * pageBytes }
        }
        sample.openFiles = countOpenFiles()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            sample.maximumFiles = Int64(clamping: limit.rlim_cur)
        }
        sample.startSeconds = processStart
        return sample
    }

    /// Boot time plus the 22nd field of stat, which counts clock ticks since boot; the second field holds the program's
    /// name in parentheses and may contain spaces.
    private static let processStart: Double? = {
        guard let stat = read("/proc/self/stat"), let name = stat.lastIndex(of: ")"),
            let boot = read("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootSeconds = Double(boot.dropFirst("btime ".count))
        else { return nil }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return bootSeconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func countOpenFiles() -> Int64? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count: Int64 = 0
        while readdir(directory) != nil { count += 1 }
        // Less ".", ".." and the descriptor that reads the folder.
        return max(0, count - 3)
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            guard count > 0 else { break }
            content.append(contentsOf: part.prefix(count))
        }
        return content.isEmpty ? nil : String(decoding: content, as: UTF8.self)
    }
}
