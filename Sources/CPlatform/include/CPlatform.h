// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Names the calling thread, cut to the 15 bytes that Linux keeps.
void tern_set_thread_name(const char *name);

#include <semaphore.h>

/// Waits for a semaphore at most so many nanoseconds of the clock that never steps. 0 when it was taken.
int tern_semaphore_wait(sem_t *semaphore, long long nanoseconds);

/// Catches SIGTERM and SIGINT in whichever thread they reach, and ignores SIGPIPE. 0 when it worked.
int tern_signals_catch(void);

/// Waits for the next caught signal and tells which it was.
int tern_signals_wait(void);
