/* What the parts of the confinement share; each returns -1 with errno where it fails. */
#include "CLinuxSandbox.h"

int sandbox_apply_filter(unsigned flags);
int sandbox_apply_landlock(const struct clinux_confinement *what);
int sandbox_expose(const char *const *paths, uid_t user);
int sandbox_mount(const struct clinux_confinement *what);
int sandbox_open_network(const struct clinux_confinement *what);
int sandbox_own_users(int namespaces);

/* The process between the launcher and the program. The kernel kills a program with its parent only
   from the moment on at which the program's own processes have asked for it, which bubblewrap's do
   late. This one ends all of them, however early the launcher is gone: whatever loses its parent below
   it becomes its own. The first is called before its child is forked; the second ends with that child's
   code. `launcher` is the pidfd of the process that must live. */
void sandbox_prepare_keeper(void);
_Noreturn void sandbox_keep(pid_t child, int launcher);
