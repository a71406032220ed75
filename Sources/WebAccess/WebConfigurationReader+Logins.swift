// SPDX-License-Identifier: Apache-2.0
internal import Text
internal import TopicFiles

extension WebConfigurationReader {
    mutating func readUsers(_ node: YAMLNode) -> [WebConfiguration.User] {
        guard let mapping = mapping(node, "users and their hashes") else { return [] }
        return mapping.entries.compactMap { entry in
            let name = entry.key.text
            // RFC 7617: what is before the first colon is the user.
            guard !name.isEmpty, !name.contains(":"), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
                error(.scalar(entry.key), "\"\(name)\" is no user: a name has no colon and no control characters")
                return nil
            }
            return hash(entry.value, of: name).map { WebConfiguration.User(name: name, hash: $0) }
        }
    }

    /// The hash itself is not repeated.
    private mutating func hash(_ node: YAMLNode, of name: String) -> PasswordHash? {
        guard case .scalar(let scalar) = node else {
            error(node, "\(name) has \(node.kind) where a bcrypt hash is expected")
            return nil
        }
        do throws(PasswordHash.Problem) { return try PasswordHash(scalar.text) } catch {
            switch error {
            case .noHash:
                self.error(
                    node,
                    "what \(name) has is no bcrypt hash: expected $2y$ or $2b$ and 56 characters more, as htpasswd -nBC 10 prints it"
                )
            case .tooCostly:
                self.error(
                    node,
                    "the hash of \(name) costs too much time: expected a cost of \(PasswordHash.costs.upperBound) at most"
                )
            }
            return nil
        }
    }

    mutating func readRoles(_ node: YAMLNode, _ users: inout [WebConfiguration.User]) {
        guard let mapping = mapping(node, "users and their roles") else { return }
        for entry in mapping.entries {
            guard let role = role(entry.value) else { continue }
            guard let index = users.firstIndex(where: { $0.name.utf8.elementsEqual(entry.key.text.utf8) }) else {
                let near =
                    NearestName.of(entry.key.text, among: users.map(\.name)).map { "; did you mean \($0)?" } ?? ""
                error(.scalar(entry.key), "\"\(entry.key.text)\" is none of basic_auth_users\(near)")
                continue
            }
            users[index].role = role
        }
    }

    mutating func readTokens(_ node: YAMLNode, _ readFile: ReadFile) -> [WebConfiguration.Token] {
        if node.isNothing { return [] }
        guard case .sequence(let elements, _) = node else {
            error(node, "expected a list of tokens: - name: …")
            return []
        }
        var tokens: [WebConfiguration.Token] = []
        for element in elements {
            guard let token = readToken(element, readFile) else { continue }
            if tokens.contains(where: { $0.name == token.name }) {
                error(element, "there are two tokens with the name \"\(token.name)\"; name them apart, for the log")
            }
            tokens.append(token)
        }
        return tokens
    }

    private mutating func readToken(_ node: YAMLNode, _ readFile: ReadFile) -> WebConfiguration.Token? {
        guard let mapping = mapping(node, "name, role, and one of sha256, bcrypt and file") else { return nil }
        var (name, role): (String?, Role?) = (nil, .viewer)
        var proofs: [WebConfiguration.Token.Proof?] = []
        for entry in mapping.entries {
            switch entry.key.text {
            case "name": name = text(entry.value, of: "name")
            case "role": role = self.role(entry.value)
            case "sha256": proofs.append(sha256(entry.value))
            case "bcrypt": proofs.append(hash(entry.value, of: "the token").map { .bcrypt($0) })
            case "file": proofs.append(tokenFile(entry.value, readFile))
            default: unknown(entry.key, among: ["name", "role", "sha256", "bcrypt", "file"])
            }
        }
        if mapping["name"] == nil { error(node, "the token has no name, by which the log could name it") }
        guard proofs.count == 1 else {
            error(
                node,
                proofs.isEmpty
                    ? "the token has none of sha256, bcrypt and file; sha256 is what printf %s TOKEN | sha256sum prints"
                    : "the token has more than one of sha256, bcrypt and file; keep one")
            return nil
        }
        guard let name, let role, let proof = proofs[0] else { return nil }
        return WebConfiguration.Token(name: name, proof: proof, role: role)
    }

    private mutating func sha256(_ node: YAMLNode) -> WebConfiguration.Token.Proof? {
        guard let text = text(node, of: "sha256") else { return nil }
        let digits = text.compactMap(\.hexDigitValue)
        guard text.utf8.count == 64, digits.count == 64 else {
            error(node, "the token's sha256 is no SHA-256: expected 64 hexadecimal digits, as sha256sum prints them")
            return nil
        }
        return .sha256((0..<32).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) })
    }

    private mutating func tokenFile(_ node: YAMLNode, _ readFile: ReadFile) -> WebConfiguration.Token.Proof? {
        guard let (file, bytes) = contents(node, of: "file", readFile) else { return nil }
        guard let token = TokenFile.token(in: bytes), token.count >= 16 else {
            error(
                node,
                "'\(file)' holds no token: expected at least 16 printable characters on one line, as openssl rand -hex 32 prints"
            )
            return nil
        }
        return .sha256(Digest.sha256(token))
    }
}
