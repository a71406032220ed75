// SPDX-License-Identifier: Apache-2.0
#include "CAllocator.h"
#include <jemalloc/jemalloc.h>
#include <stdbool.h>
#include <stddef.h>

// Read by jemalloc before main. Fetch responses are megabytes: without their own arena and with a slow decay they are
// reused instead of being unmapped and faulted in again, which was a third of the bare loop's time (docs/benchmarks.md).
const char *malloc_conf = "oversize_threshold:0,dirty_decay_ms:30000,background_thread:false";

const char *tern_allocator_version(void) {
    const char *version = "";
    size_t size = sizeof version;
    if (mallctl("version", &version, &size, NULL, 0) != 0) return "";
    return version;
}

static int read_number(const char *name, uint64_t *number) {
    size_t size = sizeof *number;
    return mallctl(name, number, &size, NULL, 0);
}

int tern_allocator_counts(tern_allocator_counts_t *counts) {
    bool caches = true;
    size_t size = sizeof caches;
    if (mallctl("opt.tcache", &caches, &size, NULL, 0) != 0) return -1;
    counts->covers_all_threads = !caches;
    // Requests that a thread's cache has served are counted when the cache is emptied.
    if (caches && mallctl("thread.tcache.flush", NULL, NULL, NULL, 0) != 0) return -1;
    uint64_t epoch = 1;
    size = sizeof epoch;
    mallctl("epoch", &epoch, &size, &epoch, size);
    uint64_t small = 0, large = 0;
    // 4096 is MALLCTL_ARENAS_ALL.
    if (read_number("stats.arenas.4096.small.nrequests", &small) != 0) return -1;
    if (read_number("stats.arenas.4096.large.nrequests", &large) != 0) return -1;
    counts->requests = small + large;
    return read_number("thread.allocated", &counts->bytes);
}
