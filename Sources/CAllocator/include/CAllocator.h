// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// The version of the jemalloc that serves this process's allocations, or "" when another malloc does.
const char *tern_allocator_version(void);

/// What was asked of the allocator so far.
typedef struct {
    /// Calls of malloc and its relatives, of all threads; what other threads' caches have served may be missing.
    uint64_t requests;
    /// Bytes that this thread asked for.
    uint64_t bytes;
    /// Nothing is missing, since threads have no caches (MALLOC_CONF=tcache:false).
    bool covers_all_threads;
} tern_allocator_counts_t;

/// Counts exactly for the calling thread, whose cache it empties first. 0, or -1 without jemalloc's statistics.
int tern_allocator_counts(tern_allocator_counts_t *counts);
