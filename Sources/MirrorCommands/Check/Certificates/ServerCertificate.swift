// SPDX-License-Identifier: Apache-2.0

/// What a certificate (RFC 5280) says of whom it is for, by whom, and for how long. Nothing is verified here.
struct ServerCertificate: Sendable, Equatable {
    /// The common name, or else the organization.
    var subject: String
    var issuer: String
    /// Subject and issuer are the same name.
    var isSelfSigned: Bool
    /// `YYYYMMDDHHMMSS` in UTC: such texts compare as the moments do.
    var notBefore: String
    var notAfter: String
    var names: [String] = []
    var addresses: [[UInt8]] = []

    private static let sequence: UInt8 = 0x30
    private static let set: UInt8 = 0x31
    private static let objectIdentifier: UInt8 = 0x06

    /// - Returns: `nil` when the bytes are no certificate.
    init?(der bytes: [UInt8]) {
        var outer = DERReader(bytes[...])
        guard let certificate = outer.next(Self.sequence) else { return nil }
        var parts = certificate.reader
        guard let body = parts.next(Self.sequence) else { return nil }
        var fields = body.reader
        _ = fields.next(0xA0)  // version
        guard fields.next(0x02) != nil, fields.next(Self.sequence) != nil,  // serial number, algorithm
            let issuer = fields.next(Self.sequence), let validity = fields.next(Self.sequence),
            let subject = fields.next(Self.sequence), fields.next(Self.sequence) != nil  // public key
        else { return nil }
        var times = validity.reader
        guard let first = times.next().flatMap(Self.time), let last = times.next().flatMap(Self.time) else {
            return nil
        }
        self.subject = Self.name(subject)
        self.issuer = Self.name(issuer)
        isSelfSigned = subject.whole == issuer.whole
        notBefore = first
        notAfter = last
        while let field = fields.next() {
            if field.tag == 0xA3 { readExtensions(field) }
        }
    }

    private mutating func readExtensions(_ field: DERReader.Element) {
        var outer = field.reader
        guard var list = outer.next(Self.sequence)?.reader else { return }
        while let entry = list.next(Self.sequence) {
            var parts = entry.reader
            // 2.5.29.17: subjectAltName
            guard let identifier = parts.next(Self.objectIdentifier),
                identifier.content.elementsEqual([0x55, 0x1D, 0x11])
            else { continue }
            _ = parts.next(0x01)  // critical
            guard var value = parts.next(0x04)?.reader, var names = value.next(Self.sequence)?.reader else { continue }
            while let name = names.next() {
                switch name.tag {
                case 0x82: self.names.append(String(decoding: name.content, as: UTF8.self))
                case 0x87: addresses.append(Array(name.content))
                default: break
                }
            }
        }
    }

    private static func name(_ element: DERReader.Element) -> String {
        var parts: [UInt8: String] = [:]
        var sets = element.reader
        while var set = sets.next(set)?.reader {
            while var pair = set.next(sequence)?.reader {
                guard let identifier = pair.next(objectIdentifier), let value = pair.next() else { continue }
                // 2.5.4.*: 3 is the common name, 10 the organization, 11 its unit.
                let bytes = Array(identifier.content)
                if bytes.count == 3, bytes.starts(with: [0x55, 0x04]) {
                    parts[bytes[2]] = String(decoding: value.content, as: UTF8.self)
                }
            }
        }
        return parts[3] ?? parts[10] ?? parts[11] ?? "somebody unnamed"
    }

    /// UTCTime has two digits for the year: 50 and more are of the last century.
    private static func time(_ element: DERReader.Element) -> String? {
        let text = String(decoding: element.content, as: UTF8.self)
        guard text.hasSuffix("Z"), text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        switch (element.tag, text.count) {
        case (0x17, 13): return (text.prefix(2) < "50" ? "20" : "19") + text.dropLast()
        case (0x18, 15): return String(text.dropLast())
        default: return nil
        }
    }
}
