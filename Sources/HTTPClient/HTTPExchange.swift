// SPDX-License-Identifier: Apache-2.0
internal import CCurl
package import KafkaTypes
internal import Text

/// A question over HTTP or HTTPS.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST", put = "PUT" }

    package var method = Method.get
    package var address: String
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    package var trust = TrustedAuthorities.system
    package var limits = RequestLimits()
    /// Whether `https_proxy` and its siblings hold. Addresses of the machine itself are never behind a proxy.
    package var usesProxy = true

    package init(
        method: Method = .get, address: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        trust: TrustedAuthorities = .system, limits: RequestLimits = RequestLimits(), usesProxy: Bool = true
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.trust = trust
        self.limits = limits
        self.usesProxy = usesProxy
    }
}

package struct HTTPResponse: Sendable {
    package var status: Int
    /// Names in small letters.
    package var headers: [String: String] = [:]
    package var body: [UInt8] = []

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// No answer came.
package struct HTTPFailure: Error, Sendable, Equatable {
    package enum Kind: Sendable { case address, unreachable, tooSlow, certificate, other }
    package var kind: Kind
    /// libcurl's words.
    package var reason: String

    package init(kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// Asks something over HTTP. A seam for tests; ``CurlExchange`` is the one that does it.
package protocol HTTPExchange: Sendable {
    /// Blocks until the answer is there or the request's limit has passed. An answer of any status is an answer; redirects are not
    /// followed.
    func answer(to request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse
}

/// By libcurl's easy interface: one connection for each question, since questions are minutes or seconds apart.
package struct CurlExchange: HTTPExchange {
    /// Tokens are some kilobytes, and so is what a collector says.
    private static let largestAnswer = 1 << 20

    /// The corresponding C function is `curl_global_init`, once in a process.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    package init() {}

    package func answer(to request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw HTTPFailure(kind: .other, reason: "libcurl cannot be initialized")
        }
        defer { curl_easy_cleanup(handle) }
        let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { errorText.deallocate() }
        tern_curl_set_text(handle, CURLOPT_ERRORBUFFER, errorText)
        let headers = try prepare(handle, request)
        defer { curl_slist_free_all(headers) }
        let answer = Answer(largest: Self.largestAnswer)
        let code = withExtendedLifetime(answer) {
            tern_curl_set_reader(
                handle, Unmanaged.passUnretained(answer).toOpaque(),
                { bytes, one, count, context in Answer.at(context).take(bytes, one * count) },
                { bytes, one, count, context in Answer.at(context).takeHeader(bytes, one * count) })
            return curl_easy_perform(handle)
        }
        guard code == CURLE_OK else {
            let text = String(cString: errorText)
            throw HTTPFailure(
                kind: Self.kind(of: code),
                reason: answer.isTooLarge
                    ? "the answer is larger than \(Self.largestAnswer) bytes"
                    : text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
        }
        return HTTPResponse(status: tern_curl_status(handle), headers: answer.headers, body: answer.body)
    }

    /// The corresponding C functions are `curl_easy_setopt` and `curl_slist_append`.
    /// - Returns: the headers, to be freed after the exchange.
    private func prepare(
        _ handle: UnsafeMutableRawPointer, _ request: HTTPRequest
    ) throws(HTTPFailure) -> UnsafeMutablePointer<curl_slist>? {
        // They carry what others have said, such as a session's token: with a line end in it they would be more headers.
        guard
            request.headers.allSatisfy({ $0.value.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } })
        else {
            throw HTTPFailure(kind: .other, reason: "a credential has control characters in it")
        }
        // Signals are the process's; without them libcurl's resolver keeps its time by a thread.
        tern_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        tern_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        tern_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        tern_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, request.limits.connect.curlMilliseconds)
        tern_curl_set_number(handle, CURLOPT_TIMEOUT_MS, request.limits.whole.curlMilliseconds)
        if !request.usesProxy { tern_curl_set_text(handle, CURLOPT_NOPROXY, "*") }
        switch request.trust {
        case .system: break
        case .file(let path): tern_curl_set_text(handle, CURLOPT_CAINFO, path)
        case .pem(let text):
            let bytes = Array(text.utf8)
            tern_curl_set_authorities(handle, bytes, bytes.count)
        }
        if request.method != .get { tern_curl_set_body(handle, request.body, request.body.count) }
        guard tern_curl_set_text(handle, CURLOPT_URL, request.address) == CURLE_OK else {
            throw HTTPFailure(kind: .address, reason: "no URL")
        }
        var headers: UnsafeMutablePointer<curl_slist>?
        // No "Expect: 100-continue", for which small servers make a client wait a second.
        for header in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
            headers = curl_slist_append(headers, header)
        }
        tern_curl_set_list(handle, CURLOPT_HTTPHEADER, headers)
        return headers
    }

    private static func kind(of code: CURLcode) -> HTTPFailure.Kind {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .address
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_PROXY: .unreachable
        case CURLE_OPERATION_TIMEDOUT: .tooSlow
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .certificate
        default: .other
        }
    }

    /// What comes, as it comes: libcurl hands pieces to callbacks.
    private final class Answer {
        private let largest: Int
        private(set) var headers: [String: String] = [:]
        private(set) var body: [UInt8] = []
        private(set) var isTooLarge = false

        init(largest: Int) { self.largest = largest }

        static func at(_ context: UnsafeMutableRawPointer?) -> Answer {
            guard let context else { preconditionFailure("libcurl lost the callback's context") }
            return Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue()
        }

        /// - Returns: how much was taken; anything else than all of it ends the exchange.
        func take(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
            guard body.count + count <= largest else {
                isTooLarge = true
                return 0
            }
            body += UnsafeRawBufferPointer(start: bytes, count: count)
            return count
        }

        func takeHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
            let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
            guard let colon = line.firstIndex(of: ":") else { return count }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmed
            return count
        }
    }
}

extension Duration {
    /// At least one: libcurl takes 0 for no limit.
    fileprivate var curlMilliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds &* 1000) + Int(attoseconds / 1_000_000_000_000_000))
    }
}
