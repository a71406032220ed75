// SPDX-License-Identifier: Apache-2.0
internal import CAllocator
internal import MirrorCommands

TernCommand.main(allocator: unsafe String(cString: tern_allocator_version()), daemon: .engine)
