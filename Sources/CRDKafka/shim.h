// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/// Asks the processor for the line of memory at this address, ahead of its use. Any address will do: one that cannot be read is
/// passed over.
static inline void tern_prefetch(const void *address) { __builtin_prefetch(address); }
