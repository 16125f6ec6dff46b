#define _GNU_SOURCE
#include "CLinux.h"
#include "trouble.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSE_ON_EXEC 4u /* CLOSE_RANGE_CLOEXEC */

static const char *const steps[] = {"setpgid", "prctl", "dup", "chdir", "exec"};

static void default_signals(void) {
  /* All zero is SIG_DFL. Past the C library, which keeps two signals for itself and would leave
     them ignored where our own parent ignored them. */
  static const char action[64];
  for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, action, 0, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
}

/* Everything between vfork and exec, in the caller's own memory: only calls that are safe in a signal
   handler, and nothing that the caller would miss. */
static int become(const struct clinux_command *what, pid_t parent, struct trouble *trouble) {
  trouble->step = 0;
  if (setpgid(0, 0) != 0) return -1;
  trouble->step = 1;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
  if (getppid() != parent) _exit(127); /* the parent ended before the line above */
  /* First out of the way, so that no source is overwritten before it is used. */
  trouble->step = 2;
  int moved[16];
  if (what->count > 16) {
    errno = EINVAL;
    return -1;
  }
  for (int i = 0; i < what->count; i++) {
    moved[i] = fcntl(what->sources[i], F_DUPFD_CLOEXEC, 64);
    if (moved[i] < 0) return -1;
  }
  syscall(SYS_close_range, 0u, ~0u, CLOSE_ON_EXEC);
  for (int i = 0; i < what->count; i++)
    if (dup2(moved[i], i) < 0) return -1;
  trouble->step = 3;
  if (what->folder && chdir(what->folder) != 0) return -1;
  trouble->step = 4;
  default_signals();
  execve(what->path, what->arguments, what->environment);
  return -1;
}

pid_t clinux_spawn(const struct clinux_command *what, const char **step) {
  int report[2];
  *step = "pipe";
  if (pipe2(report, O_CLOEXEC) != 0) return -1;
  /* The child tells through a number that no descriptor of its own will take. */
  int told = fcntl(report[1], F_DUPFD_CLOEXEC, 64);
  if (told >= 0) {
    close(report[1]);
    report[1] = told;
  }
  pid_t parent = getpid();
  *step = "fork";
  /* A copy of the page tables, and of each page that is written after it, is what takes longest in
     starting a process. No handler of ours may run in the child, which has no memory of its own. */
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t child = vfork();
  if (child == 0) {
    struct trouble trouble;
    become(what, parent, &trouble);
    trouble.error = errno;
    trouble_tell(report[1], trouble);
  }
  int error = errno;
  sigprocmask(SIG_SETMASK, &before, 0);
  if (child > 0) setpgid(child, child); /* whoever is first; the other's call changes nothing */
  errno = error;
  return trouble_await(child, report, steps, step);
}

/* The groups that a warden watches; more at once are not needed. */
#define GROUPS 64

static void watch(int descriptor) {
  pid_t groups[GROUPS] = {0};
  pid_t number;
  for (;;) {
    ssize_t count = read(descriptor, &number, sizeof number);
    if (count < 0 && errno == EINTR) continue;
    if (count != sizeof number) break;
    pid_t from = number > 0 ? 0 : -number;
    pid_t to = number > 0 ? number : 0;
    for (int i = 0; i < GROUPS; i++)
      if (groups[i] == from) {
        groups[i] = to;
        break;
      }
  }
  for (int i = 0; i < GROUPS; i++)
    if (groups[i] > 0) kill(-groups[i], SIGKILL);
}

pid_t clinux_warden(int *descriptor) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    setsid(); /* no key of a terminal reaches it */
    struct sigaction ignore = {0};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGINT, &ignore, 0);
    sigaction(SIGTERM, &ignore, 0);
    sigaction(SIGHUP, &ignore, 0);
    int kept = fcntl(ends[0], F_DUPFD_CLOEXEC, 64);
    /* It must hold nothing open that others wait for: neither pipes nor locks. */
    syscall(SYS_close_range, 0u, (unsigned)(kept - 1), 0u);
    syscall(SYS_close_range, (unsigned)(kept + 1), ~0u, 0u);
    watch(kept);
    _exit(0);
  }
  close(ends[0]);
  if (child < 0) {
    close(ends[1]);
    return -1;
  }
  *descriptor = ends[1];
  return child;
}

int clinux_wait_gone(pid_t pid) {
  int result;
  do result = waitpid(pid, 0, 0);
  while (result < 0 && errno == EINTR);
  return result;
}

int clinux_kill_orphans(void) {
  int killed = 0;
  for (int round = 0; round < 100; round++) {
    char name[64];
    char text[4096];
    snprintf(name, sizeof name, "/proc/self/task/%d/children", (int)syscall(SYS_gettid));
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return killed;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return killed;
    text[count] = 0;
    for (char *p = text; *p;) {
      pid_t pid = (pid_t)strtol(p, &p, 10);
      if (pid <= 0) break;
      kill(pid, SIGKILL);
      clinux_wait_gone(pid);
      killed++;
      while (*p == ' ') p++;
    }
  }
  return killed;
}

int clinux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

int clinux_signal_descriptor(void) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGHUP);
  sigaddset(&wanted, SIGQUIT);
  if (sigprocmask(SIG_BLOCK, &wanted, 0) != 0) return -1;
  return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

int clinux_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }

int clinux_waiting_bytes(int descriptor) {
  int count = 0;
  return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}
