#define _GNU_SOURCE
#include "CLinux.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bytes on their way in one direction. */
struct way {
  int from, to;
  size_t begin, end;
  int is_over; /* no more comes */
  int is_shut; /* and that was passed on */
  char bytes[1 << 16];
};

static void fill(struct way *way) {
  ssize_t count = recv(way->from, way->bytes, sizeof way->bytes, MSG_DONTWAIT);
  if (count > 0) {
    way->begin = 0;
    way->end = (size_t)count;
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    way->is_over = 1;
  }
}

/* Returns -1 where the other side takes no more. */
static int drain(struct way *way) {
  ssize_t count = send(way->to, way->bytes + way->begin, way->end - way->begin,
                       MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count > 0) way->begin += (size_t)count;
  return count < 0 && errno != EAGAIN && errno != EINTR ? -1 : 0;
}

static void pump(int inside, int outside) {
  static struct way ways[2];
  ways[0] = (struct way){.from = inside, .to = outside};
  ways[1] = (struct way){.from = outside, .to = inside};
  while (!ways[0].is_shut || !ways[1].is_shut) {
    struct pollfd polled[2] = {{inside, 0, 0}, {outside, 0, 0}};
    for (int i = 0; i < 2; i++) {
      struct way *way = &ways[i];
      if (way->begin < way->end) polled[1 - i].events |= POLLOUT;
      else if (!way->is_over) polled[i].events |= POLLIN;
      else if (!way->is_shut) {
        shutdown(way->to, SHUT_WR);
        way->is_shut = 1;
      }
    }
    if (ways[0].is_shut && ways[1].is_shut) return;
    /* A side of which nothing is wanted would report its end for ever. */
    for (int i = 0; i < 2; i++)
      if (!polled[i].events) polled[i].fd = -1;
    if (poll(polled, 2, -1) < 0 && errno != EINTR) return;
    for (int i = 0; i < 2; i++) {
      struct way *way = &ways[i];
      if (way->begin == way->end && !way->is_over && polled[i].revents) fill(way);
      if (way->begin < way->end && drain(way) != 0) return;
    }
  }
}

static int reach(const char *host, const char *port, const char **why) {
  struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *found = NULL;
  int code = getaddrinfo(host, port, &wanted, &found);
  if (code != 0) {
    *why = gai_strerror(code);
    return -1;
  }
  for (struct addrinfo *entry = found; entry; entry = entry->ai_next) {
    int raw = socket(entry->ai_family, entry->ai_socktype | SOCK_CLOEXEC, entry->ai_protocol);
    if (raw >= 0 && connect(raw, entry->ai_addr, entry->ai_addrlen) == 0) return raw;
    *why = strerror(errno);
    if (raw >= 0) close(raw);
  }
  return -1;
}

/* What has been forked keeps open only these two and standard error. */
static void keep_only(int *inside) {
  int moved = fcntl(*inside, F_DUPFD_CLOEXEC, 64);
  if (moved < 0) _exit(1);
  syscall(SYS_close_range, 3u, (unsigned)(moved - 1), 0u);
  syscall(SYS_close_range, (unsigned)(moved + 1), ~0u, 0u);
  *inside = moved;
}

pid_t clinux_forward(int inside, const char *host, const char *port, const char *message) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  keep_only(&inside);
  clinux_let_go(0); /* nobody waits for the end of what it has open */
  clinux_let_go(1);
  const char *why = "no address";
  int outside = reach(host, port, &why);
  if (outside < 0) {
    dprintf(2, "%s: %s\n", message, why);
    struct linger reset = {1, 0}; /* the plugin sees a connection that breaks, not an empty answer */
    setsockopt(inside, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    _exit(1);
  }
  int on = 1;
  setsockopt(inside, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(outside, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  pump(inside, outside);
  _exit(0);
}
