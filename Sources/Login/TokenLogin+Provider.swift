// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import HTTPClient
public import KafkaTypes

extension TokenLogin {
    /// What gets this login's tokens.
    public var provider: any TokenProvider {
        switch self {
        case .openID(let login):
            OpenIDTokens(login: login, http: CurlExchange(), now: { Date().timeIntervalSince1970 })
        case .amazon(let login): AmazonTokens(login: login, surroundings: .ofProcess)
        }
    }
}
