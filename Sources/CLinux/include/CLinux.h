#ifndef CLINUX_H
#define CLINUX_H

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

/* The last `byte` in `count` bytes, or null. */
const void *clinux_last_byte(const void *bytes, int byte, size_t count);

/* Notes SIGTERM and SIGINT instead of ending; the last one noted, or 0. */
void clinux_note_signals(void);
int clinux_noted_signal(void);

#endif
