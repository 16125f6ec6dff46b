#define _GNU_SOURCE
#include "CLinux.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Structures and numbers of our own: the headers of the oldest supported system stop at version 2. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { PATH_BENEATH = 1, NET_PORT = 2 };
struct ruleset {
  uint64_t files, network, scoped;
};
struct __attribute__((packed)) path_rule {
  uint64_t access;
  int32_t folder;
};
struct port_rule {
  uint64_t access, port;
};

#define EXECUTE (1ull << 0)
#define WRITE_FILE (1ull << 1)
#define READ_FILE (1ull << 2)
#define READ_DIR (1ull << 3)
#define VERSION_1 ((1ull << 13) - 1)
#define REFER (1ull << 13)
#define TRUNCATE (1ull << 14)
#define IOCTL_DEVICE (1ull << 15)
#define MAKE_CHARACTER (1ull << 6)
#define MAKE_BLOCK (1ull << 11)
#define CONNECT_TCP (1ull << 1)
#define ON_A_FILE (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE)

int clinux_landlock_version(void) {
  int version = (int)syscall(CREATE_RULESET, (void *)0, 0, 1);
  return version < 0 ? 0 : version;
}

static int add_path(int ruleset, const struct clinux_path_rule *rule, uint64_t handled) {
  int path = open(rule->path, O_PATH | O_CLOEXEC);
  if (path < 0) return errno == ENOENT ? 0 : -1;
  struct stat status;
  int result = fstat(path, &status);
  if (result == 0) {
    uint64_t all = handled & ~(IOCTL_DEVICE | MAKE_CHARACTER | MAKE_BLOCK);
    struct path_rule what = {rule->writes ? all : EXECUTE | READ_FILE | READ_DIR, path};
    if (!S_ISDIR(status.st_mode)) what.access &= ON_A_FILE; /* others are an error on a file */
    what.access &= handled;
    result = (int)syscall(ADD_RULE, ruleset, PATH_BENEATH, &what, 0);
  }
  int code = errno;
  close(path);
  errno = code;
  return result;
}

int sandbox_apply_landlock(const struct clinux_confinement *what) {
  int version = clinux_landlock_version();
  struct ruleset handled = {
      .files = VERSION_1 | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0) |
               (version >= 5 ? IOCTL_DEVICE : 0),
      /* Listening stays free in a network of its own. */
      .network = version >= 4 && what->limits_ports ? 3 : 0,
      .scoped = version >= 6 ? 3 : 0, /* abstract sockets of, and signals to, others */
  };
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8; /* older kernels refuse a larger one */
  int ruleset = (int)syscall(CREATE_RULESET, &handled, size, 0);
  if (ruleset < 0) return -1;
  int result = 0;
  for (int i = 0; i < what->rule_count && result == 0; i++)
    result = add_path(ruleset, &what->rules[i], handled.files);
  for (int i = 0; i < what->port_count && result == 0 && handled.network; i++) {
    struct port_rule rule = {CONNECT_TCP, what->ports[i]};
    result = (int)syscall(ADD_RULE, ruleset, NET_PORT, &rule, 0);
  }
  if (result == 0) result = (int)syscall(RESTRICT_SELF, ruleset, 0);
  int code = errno;
  close(ruleset);
  errno = code;
  return result;
}
