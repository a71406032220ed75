// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Names the calling thread, cut to the 15 bytes that Linux keeps.
void tern_set_thread_name(const char *name);
