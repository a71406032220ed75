// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

void tern_set_thread_name(const char *name) {
    char cut[16] = {0};
    strncpy(cut, name, sizeof cut - 1);
    pthread_setname_np(pthread_self(), cut);
}

void tern_thread_allow_late_timers(long nanoseconds) { prctl(PR_SET_TIMERSLACK, (unsigned long)nanoseconds, 0, 0, 0); }

long tern_thread_timer_slack(void) { return prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0); }

// jemalloc's, where the executable is linked with it.
extern int mallctl(const char *name, void *old, size_t *old_size, void *new, size_t new_size) __attribute__((weak));

void tern_thread_without_cache(void) {
    bool enabled = false;
    if (mallctl) mallctl("thread.tcache.enabled", NULL, NULL, &enabled, sizeof enabled);
}

int tern_doorbell_new(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int tern_semaphore_wait(sem_t *semaphore, long long nanoseconds) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec += nanoseconds % 1000000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int result;
    while ((result = sem_clockwait(semaphore, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR) {}
    return result;
}

static int signal_pipe[2] = {-1, -1};

static void note_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(signal_pipe[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

int tern_signals_catch(void) {
    if (pipe2(signal_pipe, O_CLOEXEC) != 0) return -1;
    struct sigaction action = {0};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    signal(SIGPIPE, SIG_IGN);
    return sigaction(SIGTERM, &action, NULL) | sigaction(SIGINT, &action, NULL);
}

int tern_signals_catch_hangup(void) {
    struct sigaction action = {0};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGHUP, &action, NULL);
}

int tern_signals_wait(void) {
    unsigned char byte;
    ssize_t count;
    while ((count = read(signal_pipe[0], &byte, 1)) < 0 && errno == EINTR) {}
    return count == 1 ? byte : -1;
}

int tern_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int tern_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int tern_spawn(pid_t *process, char *const arguments[], char *const environment[], int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    if ((error = posix_spawn_file_actions_adddup2(&actions, input, 0)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&actions, output, 2)) == 0 &&
        (error = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0) {
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes, &signals);
        // A child would go on ignoring what this process ignores.
        sigaddset(&signals, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes, &signals);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        error = posix_spawn(process, arguments[0], &actions, &attributes, arguments, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}
