#define _GNU_SOURCE
#include "CLinux.h"
#include "sandbox.h"
#include "trouble.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSE_ON_EXEC 4u /* CLOSE_RANGE_CLOEXEC */

static const char *const steps[] = {
    "session",     "control group", "namespaces", "reachable paths", "network",
    "mounts",      "user",          "limits",     "folder",          "no new privileges",
    "Landlock",    "descriptors",   "capabilities", "system call filter", "exec",
    "fork",
};
enum { FORK = sizeof steps / sizeof *steps - 1 };

static int dies_with(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
  if (getppid() != parent) _exit(127);
  return 0;
}

static int join(const char *const *groups) {
  for (int i = 0; groups && groups[i]; i++) {
    int file = open(groups[i], O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "0", 1) != 1) return -1;
    close(file);
  }
  return 0;
}

static int own_namespaces(const struct clinux_confinement *what) {
  int wanted = (what->owns_network ? CLONE_NEWNET : 0) | (what->owns_mounts ? CLONE_NEWNS : 0);
  if (what->owns_users) {
    if (sandbox_own_users(wanted) != 0) return -1;
  } else if (wanted && unshare(wanted) != 0) {
    return -1;
  }
  return what->owns_mounts ? mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) : 0;
}

static int become_user(uid_t user, pid_t parent) {
  if (setgroups(0, NULL) != 0 || setresgid(user, user, user) != 0 ||
      setresuid(user, user, user) != 0)
    return -1;
  /* A change of user clears both. */
  if (prctl(PR_SET_DUMPABLE, 1) != 0) return -1;
  return dies_with(parent);
}

static int limit(const struct clinux_confinement *what) {
  for (int i = 0; i < what->limit_count; i++) {
    struct rlimit most;
    if (getrlimit((__rlimit_resource_t)what->limits[i].resource, &most) != 0) return -1;
    struct rlimit wanted = {what->limits[i].value, what->limits[i].value};
    if (most.rlim_max != RLIM_INFINITY && wanted.rlim_max > most.rlim_max)
      wanted.rlim_cur = wanted.rlim_max = most.rlim_max;
    if (setrlimit((__rlimit_resource_t)what->limits[i].resource, &wanted) != 0) return -1;
  }
  return 0;
}

static int keep(const struct clinux_confinement *what) {
  if (syscall(SYS_close_range, 3u, ~0u, CLOSE_ON_EXEC) != 0) return -1;
  for (int i = 0; i < what->kept_count; i++)
    if (fcntl(what->kept[i], F_SETFD, 0) != 0) return -1;
  return 0;
}

static int drop_capabilities(void) {
  for (int number = 0; number < 64; number++)
    if (prctl(PR_CAPBSET_READ, number) == 1) prctl(PR_CAPBSET_DROP, number);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2];
  memset(none, 0, sizeof none);
  return (int)syscall(SYS_capset, &header, none);
}

static void default_signals(void) {
  static const char action[64];
  for (int number = 1; number <= 64; number++) syscall(SYS_rt_sigaction, number, action, 0, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
}

static int become(const struct clinux_confinement *what, pid_t parent, int *step) {
  *step = 0;
  if (setsid() < 0 || dies_with(parent) != 0) return -1;
  *step = 1;
  if (join(what->groups) != 0) return -1;
  *step = 2;
  if (own_namespaces(what) != 0) return -1;
  *step = 3;
  if (what->becomes && what->owns_mounts && what->exposed && what->exposed[0] &&
      sandbox_expose(what->exposed, what->user) != 0)
    return -1;
  *step = 4;
  if (what->owns_network && sandbox_open_network(what) != 0) return -1;
  if (what->control >= 0) close(what->control);
  *step = 5;
  if (what->owns_mounts && sandbox_mount(what) != 0) return -1;
  *step = 6;
  if (what->becomes && become_user(what->user, parent) != 0) return -1;
  *step = 7;
  if (limit(what) != 0) return -1;
  *step = 8;
  if (what->folder && chdir(what->folder) != 0) return -1;
  *step = 9;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  *step = 10;
  if (what->uses_landlock && sandbox_apply_landlock(what) != 0) return -1;
  *step = 11;
  if (keep(what) != 0) return -1;
  default_signals();
  *step = 12;
  if (what->uses_landlock && drop_capabilities() != 0) return -1;
  *step = 13;
  if (what->filters && sandbox_apply_filter(what->filter_flags) != 0) return -1;
  *step = 14;
  execve(what->path, what->arguments, what->environment);
  return -1;
}

/* The child of `keeper`, which becomes the program or tells why not. */
static pid_t begin(const struct clinux_confinement *what, pid_t keeper, int report) {
  pid_t child = fork();
  if (child != 0) return child;
  struct trouble trouble;
  become(what, keeper, &trouble.step);
  trouble.error = errno;
  trouble_tell(report, trouble);
}

pid_t clinux_confine(const struct clinux_confinement *what, pid_t *program, const char **step) {
  int report[2], number[2];
  *step = "pipe";
  if (pipe2(report, O_CLOEXEC) != 0 || pipe2(number, O_CLOEXEC) != 0) return -1;
  int launcher = clinux_pidfd_open(getpid(), 0);
  *step = "fork";
  pid_t keeper = fork();
  if (keeper == 0) {
    sandbox_prepare_keeper();
    pid_t child = begin(what, getpid(), report[1]);
    if (child < 0) trouble_tell(report[1], (struct trouble){FORK, errno});
    (void)!write(number[1], &child, sizeof child);
    sandbox_keep(child, launcher);
  }
  int error = errno;
  close(number[1]);
  if (launcher >= 0) close(launcher);
  ssize_t count = 0;
  do count = keeper > 0 ? read(number[0], program, sizeof *program) : 0;
  while (count < 0 && errno == EINTR);
  close(number[0]);
  errno = error;
  return trouble_await(keeper, report, steps, step);
}

/* What a child that is forked for it can do. */
static int tried(void) {
  int rights = 0;
  if (geteuid() != 0) {
    if (sandbox_own_users(CLONE_NEWNS) == 0) rights |= CLINUX_MAY_OWN_NAMESPACES;
    return rights;
  }
  if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
    rights |= CLINUX_MAY_OWN_NAMESPACES;
  if (setgroups(0, NULL) == 0 && setresgid(1, 1, 1) == 0 && setresuid(1, 1, 1) == 0)
    rights |= CLINUX_MAY_BECOME;
  return rights;
}

int clinux_rights(void) {
  pid_t child = fork();
  if (child == 0) _exit(tried());
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

int clinux_memory_file(const char *name, const void *bytes, size_t count) {
  int file = (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
  if (file < 0) return -1;
  for (size_t done = 0; done < count;) {
    ssize_t part = write(file, (const char *)bytes + done, count - done);
    if (part < 0) return -1;
    done += (size_t)part;
  }
  lseek(file, 0, SEEK_SET);
  return file;
}

void clinux_let_go(int descriptor) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return;
  dup2(nothing, descriptor);
  if (nothing != descriptor) close(nothing);
}

pid_t clinux_fork(void) { return fork(); }

pid_t clinux_reap_any(int *status) {
  pid_t child;
  do child = waitpid(-1, status, WNOHANG);
  while (child < 0 && errno == EINTR);
  return child;
}
