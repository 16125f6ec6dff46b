#define _GNU_SOURCE
#include "CLinux.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls and structures that older headers lack. */
enum { OPEN_TREE = 428, MOVE_MOUNT = 429, MOUNT_SETATTR = 442 };
#define TREE_CLONE 1u
#define MOVE_EMPTY_FROM 4u
#define ATTRIBUTE_IDMAP 0x00100000u
#define RECURSIVELY 0x8000u
struct attributes {
  uint64_t set, clear, propagation, users;
};

static int write_text(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t count = write(file, text, strlen(text));
  int code = errno;
  close(file);
  errno = code;
  return count < 0 ? -1 : 0;
}

/* A user namespace in which root's files belong to `user`, and all others to whom they do. */
static int mapping(uid_t user) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  pid_t parent = getpid(), child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    char byte = unshare(CLONE_NEWUSER) == 0 ? 'y' : 'n';
    /* It must not outlive us; what is said of that before is lost with the change of user. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(1);
    ssize_t ignored = write(ends[1], &byte, 1);
    (void)ignored;
    for (;;) pause();
  }
  char byte = 'n', path[64], map[128];
  ssize_t count = read(ends[0], &byte, 1);
  close(ends[0]);
  close(ends[1]);
  int result = -1;
  snprintf(map, sizeof map, "0 %u 1\n1 1 %u\n", user, user - 1);
  if (count == 1 && byte == 'y') {
    snprintf(path, sizeof path, "/proc/%d/uid_map", child);
    int failed = write_text(path, map);
    snprintf(path, sizeof path, "/proc/%d/gid_map", child);
    failed |= write_text(path, map);
    snprintf(path, sizeof path, "/proc/%d/ns/user", child);
    if (!failed) result = open(path, O_RDONLY | O_CLOEXEC);
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  return result;
}

/* A copy of the mount at `path`, of which root's files belong to the user where the file system
   bears that. */
static int copy(const char *path, int users) {
  int tree = (int)syscall(OPEN_TREE, AT_FDCWD, path, TREE_CLONE | O_CLOEXEC | RECURSIVELY);
  if (tree < 0) return -1;
  struct attributes change = {.set = ATTRIBUTE_IDMAP, .users = (uint64_t)users};
  if (users >= 0)
    syscall(MOUNT_SETATTR, tree, "", AT_EMPTY_PATH | RECURSIVELY, &change, sizeof change);
  return tree;
}

/* The length of the first folder of `path` that others may not pass; 0 where there is none. */
static size_t barrier(const char *path) {
  char part[PATH_MAX];
  for (size_t i = 1; path[i]; i++) {
    if (path[i] != '/') continue;
    memcpy(part, path, i);
    part[i] = 0;
    struct stat status;
    if (stat(part, &status) == 0 && !(status.st_mode & S_IXOTH)) return i;
  }
  return 0;
}

/* Makes the folders above `path`, and a folder or file to mount on. */
static int make_place(const char *path, int is_folder) {
  char part[PATH_MAX];
  for (size_t i = 1; path[i]; i++) {
    if (path[i] != '/') continue;
    memcpy(part, path, i);
    part[i] = 0;
    if (mkdir(part, 0755) != 0 && errno != EEXIST) return -1;
  }
  if (is_folder) return mkdir(path, 0755) != 0 && errno != EEXIST ? -1 : 0;
  int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file >= 0) close(file);
  return file < 0 && errno != EROFS && errno != ETXTBSY ? -1 : 0;
}

int sandbox_expose(const char *const *paths, uid_t user) {
  enum { MOST = 512 };
  static int trees[MOST];
  static char kinds[MOST];
  int users = mapping(user), count = 0;
  /* All are taken hold of before the first is covered. */
  for (; paths[count]; count++) {
    struct stat status;
    if (count == MOST) {
      errno = E2BIG;
      return -1;
    }
    kinds[count] = stat(paths[count], &status) == 0 && S_ISDIR(status.st_mode);
    trees[count] = copy(paths[count], users);
    if (trees[count] < 0) return -1;
  }
  for (int i = 0; i < count; i++) {
    size_t length = barrier(paths[i]);
    if (!length) continue;
    char folder[PATH_MAX];
    memcpy(folder, paths[i], length);
    folder[length] = 0;
    if (mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=1m") != 0) return -1;
  }
  for (int i = 0; i < count; i++) {
    if (make_place(paths[i], kinds[i]) != 0) return -1;
    if (syscall(MOVE_MOUNT, trees[i], "", AT_FDCWD, paths[i], MOVE_EMPTY_FROM) != 0) return -1;
    close(trees[i]);
  }
  if (users >= 0) close(users);
  return 0;
}

/* Takes hold of what is granted below `folder`, before that is covered; or, where `trees` are
   given back, puts it into the new folder. */
static int keep(const char *const *paths, const char *folder, int *trees, int most, int returns) {
  size_t length = strlen(folder);
  int count = 0;
  for (; paths && *paths; paths++) {
    if (strncmp(*paths, folder, length) != 0 || (*paths)[length] != '/') continue;
    if (count == most) {
      errno = E2BIG;
      return -1;
    }
    struct stat status;
    if (!returns) {
      trees[count] =
          (int)syscall(OPEN_TREE, AT_FDCWD, *paths, TREE_CLONE | O_CLOEXEC | RECURSIVELY);
      if (trees[count] < 0) return -1;
    } else {
      int is_folder = fstat(trees[count], &status) == 0 && S_ISDIR(status.st_mode);
      if (make_place(*paths, is_folder) != 0) return -1;
      if (syscall(MOVE_MOUNT, trees[count], "", AT_FDCWD, *paths, MOVE_EMPTY_FROM) != 0) return -1;
      close(trees[count]);
    }
    count++;
  }
  return 0;
}

int sandbox_mount(const struct clinux_confinement *what) {
  enum { MOST = 256 };
  static int kept[MOST];
  static int trees[MOST];
  int count = 0;
  /* All sources are taken hold of before the first place is covered. */
  for (; what->covers && what->covers[2 * count]; count++) {
    if (count == MOST) {
      errno = E2BIG;
      return -1;
    }
    trees[count] =
        (int)syscall(OPEN_TREE, AT_FDCWD, what->covers[2 * count], TREE_CLONE | O_CLOEXEC);
    if (trees[count] < 0) return -1;
  }
  for (int i = 0; i < count; i++) {
    const char *place = what->covers[2 * i + 1];
    struct stat status;
    if (stat(place, &status) == 0 &&
        syscall(MOVE_MOUNT, trees[i], "", AT_FDCWD, place, MOVE_EMPTY_FROM) != 0)
      return -1;
    close(trees[i]);
  }
  char options[64];
  snprintf(options, sizeof options, "mode=1777,size=%llu", (unsigned long long)what->scratch_size);
  if (what->shared && keep(what->exposed, what->shared, kept, MOST, 0) != 0) return -1;
  const char *const places[] = {what->scratch, what->shared};
  for (int i = 0; i < 2; i++)
    if (places[i] && mount("tmpfs", places[i], "tmpfs", MS_NOSUID | MS_NODEV, options) != 0)
      return -1;
  return what->shared ? keep(what->exposed, what->shared, kept, MOST, 1) : 0;
}

int sandbox_own_users(int namespaces) {
  uid_t user = geteuid();
  gid_t group = getegid();
  if (unshare(CLONE_NEWUSER | namespaces) != 0) return -1;
  char map[64];
  if (write_text("/proc/self/setgroups", "deny") != 0) return -1;
  snprintf(map, sizeof map, "%u %u 1", user, user);
  if (write_text("/proc/self/uid_map", map) != 0) return -1;
  snprintf(map, sizeof map, "%u %u 1", group, group);
  return write_text("/proc/self/gid_map", map);
}
