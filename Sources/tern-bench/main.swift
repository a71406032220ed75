// SPDX-License-Identifier: Apache-2.0
internal import CAllocator
internal import Glibc
internal import Measuring

Task.detached {
    let status = await Bench.run(Array(CommandLine.arguments.dropFirst())) {
        var counts = tern_allocator_counts_t()
        guard unsafe tern_allocator_counts(&counts) == 0 else { return nil }
        return (counts.requests, counts.bytes, counts.covers_all_threads)
    }
    exit(status)
}
while true { pause() }
