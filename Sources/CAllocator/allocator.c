// SPDX-License-Identifier: Apache-2.0
#include "CAllocator.h"
#include <jemalloc/jemalloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

// Read by jemalloc before main. One arena: what a client's thread allocates a lane's thread frees, and where each thread has an
// arena each keeps the most that it ever used. Threads have caches, so that they seldom meet at the arena's locks.
const char *malloc_conf = "narenas:1,oversize_threshold:1048576,dirty_decay_ms:2000,background_thread:false";

static void set(const char *format, unsigned arena, void *value, size_t size) {
    char name[64];
    snprintf(name, sizeof name, format, arena);
    // Before 5.3 arenas have no oversize_threshold, and need none.
    mallctl(name, NULL, NULL, value, size);
}

// Fetch responses are megabytes. Those have an arena of their own, so that small records do not settle in the gaps between them,
// and it keeps what is freed for the next response, as long as one comes within a second: jemalloc would give it back at once and
// have every page faulted in again, which was a third of the bare loop's time (docs/benchmarks.md).
__attribute__((constructor)) static void keep_large_blocks(void) {
    void *block = malloc(4 << 20);
    unsigned arena = 0;
    size_t size = sizeof arena;
    bool is_known = block && mallctl("arenas.lookup", &arena, &size, &block, sizeof block) == 0;
    free(block);
    if (!is_known) return;
    ssize_t decay_ms = 1000;
    set("arena.%u.dirty_decay_ms", arena, &decay_ms, sizeof decay_ms);
    // What an arena frees in one piece of this size it gives back at once, whatever the decay.
    size_t largest = SIZE_MAX >> 1;
    set("arena.%u.oversize_threshold", arena, &largest, sizeof largest);
    // The first one is made before the options are read.
    set("arena.%u.oversize_threshold", 0, &largest, sizeof largest);
}

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
