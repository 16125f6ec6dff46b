#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel writes them. */
struct entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

/* Removes what a folder holds, without the C library's heap: this runs after a fork. */
static void empty(int folder, int depth) {
  char block[4096] __attribute__((aligned(8)));
  for (;;) {
    lseek(folder, 0, SEEK_SET);
    long count = syscall(SYS_getdents64, folder, block, sizeof block);
    int removed = 0;
    for (long place = 0; place < count;) {
      const struct entry *entry = (const struct entry *)(block + place);
      place += entry->length;
      if (!strcmp(entry->name, ".") || !strcmp(entry->name, "..")) continue;
      if (unlinkat(folder, entry->name, 0) == 0) {
        removed++;
        continue;
      }
      int inner = depth > 0 ? openat(folder, entry->name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
      if (inner < 0) continue;
      empty(inner, depth - 1);
      close(inner);
      if (unlinkat(folder, entry->name, AT_REMOVEDIR) == 0) removed++;
    }
    if (removed == 0) return;
  }
}

static void remove_folder(const char *path) {
  int folder = open(path, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return;
  empty(folder, 8);
  close(folder);
  rmdir(path);
}

pid_t clinux_folder_warden(const char *path, int *descriptor) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    setsid(); /* no key of a terminal reaches it */
    const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction ignore = {0};
    ignore.sa_handler = SIG_IGN;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) sigaction(ignored[i], &ignore, 0);
    int kept = fcntl(ends[0], F_DUPFD_CLOEXEC, 64);
    /* It must hold nothing open that others wait for: neither pipes nor locks. */
    syscall(SYS_close_range, 0u, (unsigned)(kept - 1), 0u);
    syscall(SYS_close_range, (unsigned)(kept + 1), ~0u, 0u);
    char byte;
    ssize_t count;
    do count = read(kept, &byte, 1);
    while (count > 0 || (count < 0 && errno == EINTR));
    remove_folder(path);
    /* A stage that was killed with its supervisor may have been in the middle of a write. */
    if (access(path, F_OK) == 0) {
      usleep(50000);
      remove_folder(path);
    }
    _exit(0);
  }
  int error = errno;
  close(ends[0]);
  if (child < 0) {
    close(ends[1]);
    errno = error;
    return -1;
  }
  *descriptor = ends[1];
  return child;
}
