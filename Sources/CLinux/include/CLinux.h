#ifndef CLINUX_H
#define CLINUX_H

#include "CLinuxSandbox.h"

#include <sys/types.h>

/* Every function returns what its system call returns and sets errno. */

/* A descriptor that becomes readable when the process ends. */
int clinux_pidfd_open(pid_t pid, unsigned int flags);

/* Signals the process behind a pidfd: never another that took its number. */
int clinux_pidfd_send_signal(int pidfd, int signal);

/* Asks for a pipe buffer of this size; the kernel rounds up and returns it. */
int clinux_set_pipe_size(int descriptor, int bytes);
int clinux_get_pipe_size(int descriptor);

/* Renames without replacing: EEXIST when the new name is taken. */
int clinux_rename_exclusive(const char *from, const char *to);

/* open(2) and fcntl(2) without their variable arguments. */
int clinux_open(const char *path, int flags, mode_t mode);
int clinux_fcntl(int descriptor, int command, long argument);

/* Sends the calling process a signal when its parent ends. */
int clinux_set_parent_death_signal(int signal);

/* What a child is made of. Descriptor `sources[i]` becomes number i of the child; all others are
   closed. */
struct clinux_command {
  const char *path;       /* the executable, not looked up in PATH */
  char *const *arguments; /* ends with null; the first is the name */
  char *const *environment;
  const char *folder; /* the working folder, or null for the caller's */
  const int *sources;
  int count;
};

/* Starts a process in a group of its own, with default signal dispositions, that is killed when
   the calling thread ends. Returns its number; when the start fails, -1 with errno and in `step`
   the name of the system call. */
pid_t clinux_spawn(const struct clinux_command *what, const char **step);

/* Forks a process that kills the process groups which it was told of as soon as the caller is
   gone. `descriptor` receives the end of the pipe to tell it through: one pid_t per message, the
   group's number when it begins and its negative when it is over. */
pid_t clinux_warden(int *descriptor);

/* Forks a process that removes a folder with all in it as soon as `descriptor`, the end of a pipe, is
   closed or the caller is gone. */
pid_t clinux_folder_warden(const char *path, int *descriptor);

/* Adopts processes whose parents, children of the caller, have ended. */
int clinux_adopt_orphans(void);

/* Kills and reaps every child that the calling thread has left, its adopted ones too; how many. */
int clinux_kill_orphans(void);

/* Waits for a child. */
int clinux_wait_gone(pid_t pid);

/* Blocks SIGINT, SIGTERM, SIGHUP and SIGQUIT and returns a descriptor from which they are read. */
int clinux_signal_descriptor(void);

/* The number of the next signal of `descriptor`; 0 if there is none. */
int clinux_next_signal(int descriptor);

/* A pipe, both ends close-on-exec. */
int clinux_pipe(int *ends);

/* Bytes that wait in a pipe. */
int clinux_waiting_bytes(int descriptor);

/* The last `byte` in `count` bytes, or null. */
const void *clinux_last_byte(const void *bytes, int byte, size_t count);

/* Notes SIGTERM and SIGINT instead of ending; the last one noted, or 0. */
void clinux_note_signals(void);
int clinux_noted_signal(void);

/* Blocks from this size on go back to the system when they are freed. Without it glibc raises the
   bound as it goes, and a process that streams keeps what its largest moments took. */
void clinux_return_blocks_from(int bytes);

/* Lets a crash leave neither a core nor a report of registers: no core file, no core piped to a
   helper, no tracer of the same user, and the crash signals at their defaults. */
int clinux_forbid_crash_reports(void);

/* A Unix domain socket at a path of any length: one that listens, for its owner alone and without
   waiting, and one that is connected. `path` has a folder. */
int clinux_listen_local(const char *path);
int clinux_connect_local(const char *path);

/* The next connection of a listening socket, which does not wait; -1 where there is none. */
int clinux_accept(int descriptor);

/* Sends without waiting and without SIGPIPE. */
ssize_t clinux_send(int descriptor, const void *bytes, size_t count);

#endif
