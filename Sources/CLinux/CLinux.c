#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_pidfd_open(pid_t pid, unsigned int flags) {
  return (int)syscall(SYS_pidfd_open, pid, flags);
}

int clinux_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0u);
}

int clinux_set_pipe_size(int descriptor, int bytes) {
  return fcntl(descriptor, F_SETPIPE_SZ, bytes);
}

int clinux_get_pipe_size(int descriptor) { return fcntl(descriptor, F_GETPIPE_SZ); }

int clinux_rename_exclusive(const char *from, const char *to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

int clinux_fcntl(int descriptor, int command, long argument) {
  return fcntl(descriptor, command, argument);
}

int clinux_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

static volatile sig_atomic_t noted_signal = 0;

static void note_signal(int number) { noted_signal = number; }

void clinux_note_signals(void) {
  struct sigaction action = {0};
  action.sa_handler = note_signal; /* no SA_RESTART: a blocked read returns EINTR */
  sigaction(SIGTERM, &action, 0);
  sigaction(SIGINT, &action, 0);
}

int clinux_noted_signal(void) { return noted_signal; }

const void *clinux_last_byte(const void *bytes, int byte, size_t count) {
  return memrchr(bytes, byte, count);
}

void clinux_return_blocks_from(int bytes) { mallopt(M_MMAP_THRESHOLD, bytes); }

int clinux_forbid_crash_reports(void) {
  const int signals[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV, SIGSYS};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
  const struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
  return prctl(PR_SET_DUMPABLE, 0);
}
