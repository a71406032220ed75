// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import MirrorEngine

/// The name by which a group knows a daemon: two that live never have the same, whatever they share.
@Suite struct InstanceSlotTests {
    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tern-slots-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `two daemons of one machine have two names`() throws {
        let folder = try folder()
        let first = InstanceSlot(name: "tern.properties", directory: folder.path)
        let second = InstanceSlot(name: "tern.properties", directory: folder.path)
        #expect(first.id != second.id)
    }

    @Test func `a daemon that comes back has the name that it had`() throws {
        let folder = try folder()
        let first = InstanceSlot(name: "tern.properties", directory: folder.path)
        first.release()
        #expect(InstanceSlot(name: "tern.properties", directory: folder.path).id == first.id)
    }

    @Test func `two containers with a temporary folder each have two names, though host, boot and file are the same`()
        throws
    {
        let first = InstanceSlot(name: "tern.properties", directory: try folder().path)
        let second = InstanceSlot(name: "tern.properties", directory: try folder().path)
        #expect(first.id != second.id)
    }

    @Test func `a cleaner that removes the lock of a living daemon gives its name to nobody`() throws {
        let folder = try folder()
        let living = InstanceSlot(name: "tern.properties", directory: folder.path)
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            try FileManager.default.removeItem(at: file)
        }
        #expect(InstanceSlot(name: "tern.properties", directory: folder.path).id != living.id)
    }
}
