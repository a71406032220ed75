// SPDX-License-Identifier: Apache-2.0
#include "CAllocator.h"
#include <jemalloc/jemalloc.h>
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
