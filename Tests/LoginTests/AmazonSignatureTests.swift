// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import Login

/// What Amazon's own code makes of the same inputs: the tokens are those of aws-msk-iam-sasl-signer-python 1.0.2, the headers
/// those of botocore 1.44.8, with their clocks held at the same moment and `tern/1.2.3` as the user agent.
struct AmazonSignatureTests {
    /// 2026-01-02T03:04:05Z.
    private let moment = 1_767_323_045.0

    @Test func `a token is Amazon's own, byte for byte`() {
        let cases = [
            (
                "us-west-2",
                AmazonCredentials(
                    keyID: "MOCK_AWS_ACCESS_KEY", secret: "MOCK_AWS_SECRET_KEY", sessionToken: "MOCK_AWS_TOKEN"),
                "aHR0cHM6Ly9rYWZrYS51cy13ZXN0LTIuYW1hem9uYXdzLmNvbS8_QWN0aW9uPWthZmthLWNsdXN0ZXIlM0FDb25uZWN0JlgtQW16LUFsZ29yaXRo"
                    + "bT1BV1M0LUhNQUMtU0hBMjU2JlgtQW16LUNyZWRlbnRpYWw9TU9DS19BV1NfQUNDRVNTX0tFWSUyRjIwMjYwMTAyJTJGdXMtd2VzdC0yJTJGa2Fm"
                    + "a2EtY2x1c3RlciUyRmF3czRfcmVxdWVzdCZYLUFtei1EYXRlPTIwMjYwMTAyVDAzMDQwNVomWC1BbXotRXhwaXJlcz05MDAmWC1BbXotU2lnbmVk"
                    + "SGVhZGVycz1ob3N0JlgtQW16LVNlY3VyaXR5LVRva2VuPU1PQ0tfQVdTX1RPS0VOJlgtQW16LVNpZ25hdHVyZT03YmNlYTQxM2Y4YzQ3MTc4ODVj"
                    + "YTViMTVmYTRmNGI0NmQ5ODAwYzQ0OGNhOTUxNTUzODZiMjdiMTA5OGExZmE1JlVzZXItQWdlbnQ9dGVybiUyRjEuMi4z"
            ),
            (
                "eu-central-1",
                AmazonCredentials(keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                "aHR0cHM6Ly9rYWZrYS5ldS1jZW50cmFsLTEuYW1hem9uYXdzLmNvbS8_QWN0aW9uPWthZmthLWNsdXN0ZXIlM0FDb25uZWN0JlgtQW16LUFsZ29y"
                    + "aXRobT1BV1M0LUhNQUMtU0hBMjU2JlgtQW16LUNyZWRlbnRpYWw9QUtJREVYQU1QTEUlMkYyMDI2MDEwMiUyRmV1LWNlbnRyYWwtMSUyRmthZmth"
                    + "LWNsdXN0ZXIlMkZhd3M0X3JlcXVlc3QmWC1BbXotRGF0ZT0yMDI2MDEwMlQwMzA0MDVaJlgtQW16LUV4cGlyZXM9OTAwJlgtQW16LVNpZ25lZEhl"
                    + "YWRlcnM9aG9zdCZYLUFtei1TaWduYXR1cmU9MDA2MjlhYmU5MDA5NWI5MWMxYTllNDYwYjY3YTAxYThlNGU3NDk5Yjk5ZjU3MTI3NmI5OWRkOTI1"
                    + "OGRkNjVlNSZVc2VyLUFnZW50PXRlcm4lMkYxLjIuMw"
            ),
            (
                "ap-south-1",
                AmazonCredentials(
                    keyID: "ASIAEXAMPLE", secret: "s/e+c=ret", sessionToken: "IQoJb3JpZ2luX2VjEK//+==~tok en-._"),
                "aHR0cHM6Ly9rYWZrYS5hcC1zb3V0aC0xLmFtYXpvbmF3cy5jb20vP0FjdGlvbj1rYWZrYS1jbHVzdGVyJTNBQ29ubmVjdCZYLUFtei1BbGdvcml0"
                    + "aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFtei1DcmVkZW50aWFsPUFTSUFFWEFNUExFJTJGMjAyNjAxMDIlMkZhcC1zb3V0aC0xJTJGa2Fma2EtY2x1"
                    + "c3RlciUyRmF3czRfcmVxdWVzdCZYLUFtei1EYXRlPTIwMjYwMTAyVDAzMDQwNVomWC1BbXotRXhwaXJlcz05MDAmWC1BbXotU2lnbmVkSGVhZGVy"
                    + "cz1ob3N0JlgtQW16LVNlY3VyaXR5LVRva2VuPUlRb0piM0pwWjJsdVgyVmpFSyUyRiUyRiUyQiUzRCUzRH50b2slMjBlbi0uXyZYLUFtei1TaWdu"
                    + "YXR1cmU9N2YzYTlhMWVmZDUzMDc0MDRkYmY2ODk2NTYzZjVmMDAzYjgwNWIyMzJkNjFjZjRhYTc2ZTY2ZjY0MGI2N2Q1MyZVc2VyLUFnZW50PXRl"
                    + "cm4lMkYxLjIuMw"
            ),
        ]
        for (region, credentials, expected) in cases {
            let text = AmazonTokens.text(credentials, region: region, time: moment, userAgent: "tern/1.2.3")
            #expect(text == expected)
        }
    }

    @Test func `the headers of a request to the token service are Amazon's own`() {
        let credentials = AmazonCredentials(
            keyID: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: "tok/en")
        let signature = SignatureV4(credentials, region: "eu-west-1", service: "sts", time: moment)
        let body =
            "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FMyRole&RoleSessionName=tern&"
            + "Version=2011-06-15"
        let headers = signature.signedHeaders(
            host: "sts.eu-west-1.amazonaws.com", contentType: "application/x-www-form-urlencoded; charset=utf-8",
            body: Array(body.utf8))
        #expect(
            headers.last?.value
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/sts/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
                + "Signature=8b3827a885f49a9f6e95da90fe9ff26f3dbeb72a1686c2f87c302798fe10d4ac")
    }
}
