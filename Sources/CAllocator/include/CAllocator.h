// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The version of the jemalloc that serves this process's allocations, or "" when another malloc does.
const char *tern_allocator_version(void);
