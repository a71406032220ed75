// SPDX-License-Identifier: Apache-2.0

/// The flags that name the clusters a command works on, and how they are reached.
enum ClusterFlags {
    static let everyCluster = "@all"

    static let cluster = Flag(
        "cluster", short: "c", .name("ALIAS", .cluster), isRepeatable: true,
        "a cluster of the file; \(everyCluster) is all of them; can be repeated")
    static let bootstrap = Flag(
        "bootstrap", .text("HOST:PORT,…"), "the addresses of a cluster, instead of a file; --cluster may name it")
    static let property = Flag(
        "property", short: "X", .setting, isRepeatable: true,
        "a client setting under librdkafka's name, such as sasl.username=tern; can be repeated")

    static let connection: [Flag] = [bootstrap, property, .timeout] + Flag.configuration
    static let all: [Flag] = [cluster] + connection

    /// - Throws: a usage failure for a port that is none: librdkafka takes its lower 16 bits, and asks somebody else.
    static func checkAddresses(_ servers: String) throws(CommandFailure) {
        for server in servers.split(separator: ",").map({ String($0.trimmed) }) {
            let address = server.split(separator: "://").last ?? ""
            guard let colon = address.lastIndex(of: ":"), !address[colon...].contains("]") else { continue }
            guard let port = UInt16(address[address.index(after: colon)...]), port > 0 else {
                throw .usage("\(bootstrap.spelling): '\(server)' is no host and port, write for example eu-1:9092")
            }
        }
    }

    /// A topic's name has no slash; one that ends like a properties file has to be given by `--topics`.
    static let file = Argument(
        name: ConfigurationFile.argument.name, kind: .file,
        accepts: { $0.hasSuffix(".properties") || $0.contains("/") },
        summary: "the properties file, where its name has a slash or ends in .properties; else --config or TERN_CONFIG")

    /// That a word was taken for the properties file, where a name may have been meant.
    static func misread(_ word: String, for noun: String) -> String? {
        guard file.accepts(word), !word.hasSuffix(".properties") else { return nil }
        return "'\(word)' is taken for the properties file, since "
            + (noun == TopicFamily.name.name
                ? "no topic's name has a slash" : "it has a slash: --regex names such a group")
    }

    static let regex = Flag(
        "regex", short: "r", .text("PATTERN"), isRepeatable: true,
        "every name that this pattern matches whole, in Java's syntax; can be repeated")
}
