#define _GNU_SOURCE
#include "trouble.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

void trouble_tell(int report, struct trouble trouble) {
  ssize_t ignored = write(report, &trouble, sizeof trouble);
  (void)ignored;
  _exit(127);
}

pid_t trouble_await(pid_t child, const int report[2], const char *const *steps, const char **step) {
  int error = errno;
  close(report[1]);
  if (child < 0) {
    close(report[0]);
    errno = error;
    return -1;
  }
  struct trouble trouble;
  ssize_t count;
  do count = read(report[0], &trouble, sizeof trouble);
  while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count != sizeof trouble) return child;
  while (waitpid(child, 0, 0) < 0 && errno == EINTR) {}
  *step = steps[trouble.step];
  errno = trouble.error;
  return -1;
}
