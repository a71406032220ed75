// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Names the calling thread, cut to the 15 bytes that Linux keeps.
void tern_set_thread_name(const char *name);

/// Lets the calling thread's waits with a limit end so much later than asked.
void tern_thread_allow_late_timers(long nanoseconds);

/// How much later than asked the calling thread's waits may end, in nanoseconds.
long tern_thread_timer_slack(void);

/// Has the calling thread allocate without a cache of its own. Without jemalloc nothing happens.
void tern_thread_without_cache(void);

/// A descriptor to wait on and to write eight bytes to; -1 when there is none left.
int tern_doorbell_new(void);

#include <semaphore.h>

/// Waits for a semaphore at most so many nanoseconds of the clock that never steps. 0 when it was taken.
int tern_semaphore_wait(sem_t *semaphore, long long nanoseconds);

/// Catches SIGTERM and SIGINT in whichever thread they reach, and ignores SIGPIPE. 0 when it worked.
int tern_signals_catch(void);

/// Catches SIGHUP as well, from now on. 0 when it worked.
int tern_signals_catch_hangup(void);

/// Waits for the next caught signal and tells which it was.
int tern_signals_wait(void);

/// A file without a place in a file system, closed in other programs; -1 when there is none left.
int tern_memory_file(const char *name);

/// A pipe whose ends are closed in other programs. 0 when it worked.
int tern_pipe(int ends[2]);

#include <sys/types.h>

/// Starts a program as the leader of a process group of its own, with these descriptors, no other, and no signal blocked.
/// The arguments end with NULL and begin with the program's path. 0, or an error number.
int tern_spawn(pid_t *process, char *const arguments[], char *const environment[], int input, int output);
