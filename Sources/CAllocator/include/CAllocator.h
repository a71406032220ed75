// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

/// The version of the jemalloc that serves this process's allocations, or "" when another malloc does.
const char *tern_allocator_version(void);

/// What was asked of the allocator so far.
typedef struct {
    /// Calls of malloc and its relatives, of all threads; what other threads keep in their caches may be missing.
    uint64_t requests;
    /// Bytes that this thread asked for.
    uint64_t bytes;
} tern_allocator_counts_t;

/// Counts exactly for the calling thread, whose cache it empties first. 0, or -1 without jemalloc's statistics.
int tern_allocator_counts(tern_allocator_counts_t *counts);
