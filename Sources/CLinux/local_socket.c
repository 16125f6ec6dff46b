#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* An address holds 107 bytes: the folder is named through a descriptor, which also keeps it from
   being exchanged meanwhile. */
static int address(const char *path, struct sockaddr_un *out) {
  const char *slash = strrchr(path, '/');
  char folder[4096];
  size_t length = slash ? (size_t)(slash - path) : 0;
  if (!slash || length >= sizeof folder) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(folder, path, length);
  folder[length] = 0;
  int descriptor = open(length ? folder : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return -1;
  memset(out, 0, sizeof *out);
  out->sun_family = AF_UNIX;
  int count = snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/%s", descriptor,
                       slash + 1);
  if (count < 0 || (size_t)count >= sizeof out->sun_path) {
    close(descriptor);
    errno = ENAMETOOLONG;
    return -1;
  }
  return descriptor;
}

static int finish(int raw, int result, int folder) {
  int code = errno;
  close(folder);
  if (result < 0) {
    close(raw);
    raw = -1;
  }
  errno = code;
  return raw;
}

int clinux_listen_local(const char *path) {
  struct sockaddr_un name;
  int folder = address(path, &name);
  if (folder < 0) return -1;
  int raw = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (raw < 0) return finish(-1, 0, folder);
  unlink(name.sun_path);
  mode_t mask = umask(0177);
  int result = bind(raw, (struct sockaddr *)&name, sizeof name);
  umask(mask);
  if (result == 0) result = listen(raw, 4);
  return finish(raw, result, folder);
}

int clinux_connect_local(const char *path) {
  struct sockaddr_un name;
  int folder = address(path, &name);
  if (folder < 0) return -1;
  int raw = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (raw < 0) return finish(-1, 0, folder);
  return finish(raw, connect(raw, (struct sockaddr *)&name, sizeof name), folder);
}

int clinux_accept(int descriptor) {
  return accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

ssize_t clinux_send(int descriptor, const void *bytes, size_t count) {
  return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}
