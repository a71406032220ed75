// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import Testing
import Text

@testable import TernAPI

@Suite struct `The OpenAPI document` {
    private let document = OpenAPIDocument.document

    @Test func `is in docs, and can be read again`() throws {
        let file = repositoryFile("docs/openapi.json")
        if ProcessInfo.processInfo.environment["TERN_WRITE_DOCS"] == "1" {
            try Data(OpenAPIDocument.text.utf8).write(to: file)
        }
        let written = try? String(contentsOf: file, encoding: .utf8)
        #expect(
            written == OpenAPIDocument.text, "docs/openapi.json: TERN_WRITE_DOCS=1 swift test --filter TernAPITests")
        #expect(try JSONValue(parsing: OpenAPIDocument.text.utf8)["openapi"]?.string == "3.1.0")
        #expect(document["openapi"]?.string == "3.1.0")
    }

    @Test(arguments: Endpoint.allCases)
    func `has each endpoint with its parameters, its statuses and its documents`(endpoint: Endpoint) throws {
        let entry = endpoint.entry
        let operation = try #require(document["paths"]?[endpoint.path]?[entry.method.rawValue.lowercased()])
        let parameters = (operation["parameters"]?.array ?? []).filter { $0["in"]?.string == "query" }
        #expect(parameters.map { $0["name"]?.string } == entry.parameters.map(\.name))
        #expect(parameters.map { $0["required"]?.bool } == entry.parameters.map(\.isRequired))
        #expect(parameters.allSatisfy { $0["schema"]?["type"] != nil })
        let responses = try #require(operation["responses"])
        for code in [200] + entry.statuses.map(\.code) { #expect(responses["\(code)"] != nil, "\(code)") }
        #expect((responses["401"] != nil) == (entry.permission != .open))
        if let answer = entry.answer.document {
            let schema = responses["200"]?["content"]?["application/json"]?["schema"]
            #expect(schema?["$ref"]?.string == "#/components/schemas/\(answer.name)")
        }
        if let request = entry.request {
            let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]
            #expect(schema?["$ref"]?.string == "#/components/schemas/\(request.name)")
        }
        #expect(operation["x-tern-role"]?.string == entry.permission.role ?? "none")
    }

    @Test func `has the schema of each document that is named, and names of operations of their own`() throws {
        let schemas = try #require(document["components"]?["schemas"])
        for document in APIReference.documents { #expect(schemas[document.name] == document.schema) }
        var references: [String] = []
        func look(_ value: JSONValue) {
            if let reference = value["$ref"]?.string { references.append(reference) }
            value.object?.forEach { look($0.value) }
            value.array?.forEach(look)
        }
        look(document)
        #expect(!references.isEmpty)
        for reference in Set(references) {
            #expect(schemas[String(reference.split(separator: "/").last ?? "")] != nil, "\(reference)")
        }
        let names = (document["paths"]?.object ?? []).compactMap {
            $0.value.object?.first?.value["operationId"]?.string
        }
        #expect(Set(names).count == Endpoint.allCases.count)
    }
}
