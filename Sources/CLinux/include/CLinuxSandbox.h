#ifndef CLINUX_SANDBOX_H
#define CLINUX_SANDBOX_H

#include <stdint.h>
#include <sys/types.h>

/* A path that Landlock opens: to read and execute, or to write as well. */
struct clinux_path_rule {
  const char *path;
  int writes;
};

/* A limit of setrlimit. */
struct clinux_limit {
  int resource;
  uint64_t value;
};

/* Ways of the system call filter. */
#define CLINUX_FILTER_NO_INTERNET 1u /* no socket of the Internet, of any kind */
#define CLINUX_FILTER_ONE_GROUP 2u   /* a process cannot leave its group or session */
#define CLINUX_FILTER_NO_LOCAL 4u    /* no Unix socket but pairs: Landlock governs no paths of them */

/* What is done between fork and exec, in the order of the members. */
struct clinux_confinement {
  const char *const *groups; /* cgroup.procs files to join; null-ended */

  /* As root: mounts of our own, and another user. */
  int becomes;                /* whether `user` is become */
  uid_t user;
  int owns_mounts;            /* whether a mount namespace is made */
  const char *const *exposed; /* paths that `user` must reach as root does; null-ended */

  /* Of another user: the user namespace in which mounts and networks may be made. */
  int owns_users;

  int owns_network;             /* whether a network namespace is made, with loopback alone */
  const uint16_t *ports;        /* that are listened to on every loopback address */
  int port_count;
  const uint16_t *ports6;       /* that are listened to on every IPv6 address of loopback */
  int port6_count;
  const char *const *addresses; /* addresses that loopback is given; null-ended */
  int control;                  /* the socket through which listeners are handed over, or -1 */

  /* Pairs of source and place: what the one is before all of them is mounted at the other. */
  const char *const *covers;
  const char *scratch;       /* the folder over which a tmpfs is mounted, or null */
  const char *shared;        /* the same for shared memory, or null */
  uint64_t scratch_size;

  const struct clinux_limit *limits;
  int limit_count;

  int uses_landlock;
  const struct clinux_path_rule *rules;
  int rule_count;
  int limits_ports; /* whether `ports` are all that may be connected to, by Landlock */
  int filters;      /* whether the system call filter is applied here */
  unsigned filter_flags;

  const char *path;
  char *const *arguments;
  char *const *environment;
  const char *folder;
  const int *kept; /* descriptors that stay open, under their numbers */
  int kept_count;
};

/* Starts it in a session of its own, below a keeper, a child of the caller that ends everything below
   it when the program or the caller ends, and exits with the code that a shell would show for the
   program. Returns the keeper, and the program in `program`; on failure -1, with errno and the step's
   name. */
pid_t clinux_confine(const struct clinux_confinement *what, pid_t *program, const char **step);

/* The program of the filter, at most `room` instructions of 8 bytes; how many there are. */
int clinux_filter(unsigned flags, uint64_t *out, int room);

/* The version of Landlock; 0 where there is none. */
int clinux_landlock_version(void);

/* What this process may do, found by trying: mounts and a network of its own, for an ordinary user
   in a user namespace; and, for root, to become another user. */
#define CLINUX_MAY_OWN_NAMESPACES 1
#define CLINUX_MAY_BECOME 2
int clinux_rights(void);

/* A file in memory, open for the child too; what it holds is `count` bytes. */
int clinux_memory_file(const char *name, const void *bytes, size_t count);

/* A pair of sockets that keep messages apart, closed on exec. */
int clinux_message_sockets(int *ends);

/* The next descriptor handed over through `control`, with its kind: a port, or 0 for names.
   -1 at the end. */
int clinux_take_descriptor(int control, int *kind);

/* The address, as people write it, and port at which a connection was made. */
int clinux_local_address(int descriptor, char text[46], uint16_t *port);

/* Forks a process that joins `inside` to host:port; `message` is what it prints where it cannot.
   The descriptor stays the caller's. */
pid_t clinux_forward(int inside, const char *host, const char *port, const char *message);

/* One datagram, with whom to answer; and the answer. */
ssize_t clinux_receive_from(int descriptor, void *bytes, size_t room, void *who, unsigned *size);
ssize_t clinux_send_to(int descriptor, const void *bytes, size_t count, const void *who,
                       unsigned size);

/* Puts /dev/null in the place of a descriptor. */
void clinux_let_go(int descriptor);

/* fork(2), for a process with one thread. */
pid_t clinux_fork(void);

/* Reaps any child; 0 where none has ended, -1 where there is none. */
pid_t clinux_reap_any(int *status);

#endif
