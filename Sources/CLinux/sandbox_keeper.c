#define _GNU_SOURCE
#include "CLinux.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAUNCHER, ENDED }; /* all that a keeper has open */

/* The code that a shell shows. */
static int code(const siginfo_t *info) {
  return info->si_code == CLD_EXITED ? info->si_status : 128 + info->si_status;
}

/* Waits until `child` has ended, or the launcher has; the code of the child. Others that became ours
   are reaped on the way. */
static int await(pid_t child) {
  struct pollfd polled[2] = {{LAUNCHER, POLLIN, 0}, {ENDED, POLLIN, 0}};
  struct signalfd_siginfo ignored;
  for (;;) {
    siginfo_t info = {0};
    /* Left unreaped: as long as it is, nobody else has its number, nor the number of its group. */
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0) {
      if (info.si_pid == child) return code(&info);
      waitpid(info.si_pid, NULL, 0);
      info.si_pid = 0;
    }
    if (polled[LAUNCHER].revents) return 128 + SIGKILL;
    if (poll(polled, 2, -1) < 0 && errno != EINTR) return 128 + SIGKILL;
    if (polled[ENDED].revents) (void)!read(ENDED, &ignored, sizeof ignored);
  }
}

void sandbox_prepare_keeper(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, 0);
  signal(SIGCHLD, SIG_DFL);
  setsid(); /* no key of a terminal reaches it, and nobody ends it with its launcher's group */
  clinux_adopt_orphans();
}

void sandbox_keep(pid_t child, int launcher) {
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  int signals = signalfd(-1, &ended, 0);
  if (signals >= 0) signals = fcntl(signals, F_DUPFD, 64);
  if (launcher >= 0) launcher = fcntl(launcher, F_DUPFD, 64);
  /* Nothing stays open that others wait for the end of. */
  if (signals < 0 || launcher < 0 || dup2(launcher, LAUNCHER) < 0 || dup2(signals, ENDED) < 0) {
    kill(child, SIGKILL);
    _exit(127);
  }
  syscall(SYS_close_range, 2u, ~0u, 0u);
  int result = await(child);
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  clinux_kill_orphans();
  _exit(result);
}
