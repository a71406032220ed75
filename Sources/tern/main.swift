// SPDX-License-Identifier: Apache-2.0
internal import CAllocator
internal import MirrorCommands

await TernCommand.main(allocator: unsafe String(cString: tern_allocator_version()), daemon: .engine)
