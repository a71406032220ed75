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
