// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationSecurityTests {
    private static let plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    private static let scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    private let pem = Array("Bag\n-----BEGIN CERTIFICATE-----\n".utf8)
    private let p12: [UInt8] = [0x30, 0x82, 0x01, 0x02, 0x03]
    private let jks: [UInt8] = [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]

    private func load(_ text: String) -> LoadedConfiguration {
        loadConfiguration(
            twoClusters + text,
            files: ["/c.pem": pem, "/c.p12": p12, "/c.jks": jks, "/c.txt": Array("?".utf8), "/empty": []])
    }

    private func properties(_ text: String) throws -> ClientProperties {
        let loaded = load(text)
        return try #require(loaded.configuration?.clusters.first, "\(loaded.errors)").adminProperties
    }

    @Test(arguments: [("PLAIN", plain), ("SCRAM-SHA-256", scram), ("SCRAM-SHA-512", scram)])
    func `a login with a password becomes user name and password`(mechanism: String, module: String) throws {
        let properties = try properties(
            """
            A.security.protocol = SASL_SSL
            A.sasl.mechanism = \(mechanism)
            A.sasl.jaas.config = \(module) required username="tern" password="p;a\\\\"b'=c";
            """)
        #expect(properties["security.protocol"] == "sasl_ssl")
        #expect(properties["sasl.mechanisms"] == mechanism)
        #expect(properties["sasl.username"] == "tern")
        #expect(properties["sasl.password"] == "p;a\"b'=c")
        #expect(properties["sasl.jaas.config"] == nil)
    }

    @Test func `a shaded module counts, and Kerberos reads its keytab`() throws {
        let shaded = try properties(
            "A.security.protocol = SASL_SSL\nA.sasl.mechanism = PLAIN\nA.sasl.jaas.config = x.y.PlainLoginModule required "
                + "username='u' password='p' ;")
        #expect(shaded["sasl.username"] == "u")
        let kerberos = try properties(
            """
            A.security.protocol = SASL_PLAINTEXT
            A.sasl.kerberos.service.name = broker
            A.sasl.jaas.config = com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true \\
              keyTab="/k.keytab" principal="tern@X";
            """)
        #expect(kerberos["sasl.mechanisms"] == "GSSAPI")
        #expect(kerberos["sasl.kerberos.keytab"] == "/k.keytab")
        #expect(kerberos["sasl.kerberos.principal"] == "tern@X")
        #expect(kerberos["sasl.kerberos.service.name"] == "broker")
    }

    @Test(arguments: [
        ("x", "cannot be read: the login module has to be followed by `required`"),
        ("x.PlainLoginModule required", "cannot be read: it has to end with a semicolon"),
        (
            "x.PlainLoginModule required username=\"u\" password=hunter2!;",
            "cannot be read: an option's value needs double quotes around it, or a quote in it a backslash"
        ),
        (
            "x.PlainLoginModule required username=\"u\" password=12345;",
            "cannot be read: an option has no value: write name=\"value\", the value in double quotes"
        ),
        ("x.PlainLoginModule required username=\"u\" password=\"hunter2;", "cannot be read: a quote is not closed"),
        ("x.PlainLoginModule required username=\"u\";", "lacks username=\"…\" or password=\"…\""),
        (
            "x.ScramLoginModule required username=\"u\" password=\"hunter2\";",
            "ScramLoginModule does not go with sasl.mechanism PLAIN: expected SCRAM-SHA-256 or SCRAM-SHA-512"
        ),
        (
            "hunter2 required username=\"u\" password=\"hunter2\";",
            "names a login module that Tern does not have: use \(plain) or \(scram)"
        ),
        (
            "x.PlainLoginModule required username=\"u\" password=\"hunter2\"; y.PlainLoginModule required;",
            "cannot be read: there has to be exactly one login module, ended by its semicolon"
        ),
    ])
    func `a login that cannot be read is one error without the password`(jaas: String, reason: String) {
        let loaded = load("A.security.protocol = SASL_SSL\nA.sasl.mechanism = PLAIN\nA.sasl.jaas.config = \(jaas)")
        #expect(loaded.errors == ["mm2.properties:7: A.sasl.jaas.config: \(reason)"])
    }

    @Test func `a mechanism without a login, or none of Kafka's, is an error`() {
        #expect(load("A.security.protocol = SASL_SSL\nA.sasl.mechanism = PLAIN").errors.count == 1)
        #expect(load("A.security.protocol = SASL_SSL\nA.sasl.mechanism = plain").errors.count == 1)
    }

    @Test func `a leftover login without SASL is not looked at`() throws {
        #expect(try properties("A.sasl.mechanism = PLAIN\nA.sasl.jaas.config = junk")["sasl.mechanisms"] == nil)
    }

    @Test(arguments: [
        ("ssl.truststore.type = PEM\nA.ssl.truststore.location = /c.pem", ["ssl.ca.location": "/c.pem"]),
        // The file's contents tell, whatever the type says.
        ("ssl.truststore.location = /c.pem", ["ssl.ca.location": "/c.pem"]),
        (
            "ssl.keystore.type = PEM\nA.ssl.keystore.location = /c.pem\nA.ssl.key.password = k",
            ["ssl.certificate.location": "/c.pem", "ssl.key.location": "/c.pem", "ssl.key.password": "k"]
        ),
        (
            "ssl.keystore.location = /c.p12\nA.ssl.keystore.password = k\nA.ssl.key.password = k",
            ["ssl.keystore.location": "/c.p12", "ssl.keystore.password": "k"]
        ),
        (
            "ssl.truststore.certificates = -----BEGIN CERTIFICATE-----\\nMII\\n-----END CERTIFICATE-----",
            ["ssl.ca.pem": "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"]
        ),
        (
            "ssl.keystore.key = -----BEGIN PRIVATE KEY-----\nA.ssl.keystore.certificate.chain = -----BEGIN CERTIFICATE-----",
            ["ssl.key.pem": "-----BEGIN PRIVATE KEY-----", "ssl.certificate.pem": "-----BEGIN CERTIFICATE-----"]
        ),
        ("ssl.endpoint.identification.algorithm =", ["ssl.endpoint.identification.algorithm": "none"]),
        ("ssl.endpoint.identification.algorithm = HTTPS", ["ssl.endpoint.identification.algorithm": "https"]),
        (
            "ssl.cipher.suites = TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, ECDHE-RSA-AES128-GCM-SHA256,TLS_AES_256_GCM_SHA384",
            ["ssl.cipher.suites": "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"]
        ),
        ("ssl.ca.location = /x.pem", ["ssl.ca.location": "/x.pem"]),
        ("enable.ssl.certificate.verification = false", ["enable.ssl.certificate.verification": "false"]),
        ("ssl.enabled.protocols = TLSv1.3, TLSv1.2", [:]),
    ])
    func `TLS settings reach librdkafka by its names`(text: String, expected: [String: String]) throws {
        let properties = try properties("A.security.protocol = SSL\nA." + text)
        var found: [String: String] = [:]
        for (key, value) in properties.entries where key != "bootstrap.servers" && key != "security.protocol" {
            found[key] = value.reveal()
        }
        #expect(found == expected)
    }

    @Test(arguments: [
        ("ssl.truststore.location = /c.p12", "openssl pkcs12 -in /c.p12 -nokeys -out ca.pem"),
        ("ssl.truststore.location = /c.jks", "keytool -importkeystore -srckeystore /c.jks -destkeystore /c.jks.p12"),
        ("ssl.keystore.location = /c.jks", "keytool -importkeystore -srckeystore /c.jks -destkeystore /c.jks.p12"),
        ("ssl.truststore.location = /none", "cannot be read"),
        ("ssl.truststore.location = /c.txt", "neither PEM nor PKCS12 nor JKS"),
        ("ssl.truststore.location = /empty", "neither PEM nor PKCS12 nor JKS"),
        ("ssl.truststore.certificates = MII", "is not PEM"),
        ("ssl.keystore.key = -----BEGIN PRIVATE KEY-----", "without ssl.keystore.certificate.chain"),
        ("ssl.cipher.suites = TLS_RSA_WITH_RC4_128_MD5", "no cipher suite"),
        ("ssl.endpoint.identification.algorithm = ldap", "neither https nor empty"),
        ("ssl.engine.factory.class = x.Y", "Java classes cannot be loaded"),
    ])
    func `a store or setting that cannot be used is one line that says what to do`(text: String, part: String) {
        let loaded = load("A.security.protocol = SSL\nA." + text)
        #expect(loaded.errors.count == 1)
        #expect(loaded.errors.first?.contains(part) == true)
        #expect(loaded.errors.first?.hasPrefix("mm2.properties:6: A.ssl.") == true)
    }

    @Test func `other TLS versions are said to be OpenSSL's`() {
        let loaded = load("A.security.protocol = SSL\nA.ssl.enabled.protocols = TLSv1.3")
        #expect(loaded.warnings.count == 1)
    }

    @Test(arguments: [
        ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
        ("TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"),
        ("SSL_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"),
        ("TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "DHE-RSA-AES256-SHA256"),
    ])
    func `cipher suites have OpenSSL's names`(java: String, own: String) {
        #expect(CipherSuiteNames.openSSL(java) == .name(own))
    }

    /// Compared with Kafka's own class on 20,000 random texts; the one difference is wanted: a quote that is not closed.
    @Test(arguments: [
        (#"x.P required a=b;"#, ["a": "b"]),
        (#"x.P REQUIRED a="b c" d='e"f';"#, ["a": "b c", "d": #"e"f"#]),
        (#"x.P required a="\101\n\q\"" ;"#, ["a": "A\nq\""]),
        ("x.P required // c\n a=b /* d */ e=f;", ["a": "b", "e": "f"]),
        (#"x.P required a=b a=c;"#, ["a": "c"]),
        (#"x.P optional;"#, [:]),
        (#"x.P required "a"="b";"#, ["a": "b"]),
    ])
    func `a login module is read as Java reads it`(text: String, options: [String: String]) throws {
        #expect(try JaasConfiguration(text).options == options)
    }
}
