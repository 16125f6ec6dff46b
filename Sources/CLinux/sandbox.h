/* What the parts of the confinement share; each returns -1 with errno where it fails. */
#include "CLinuxSandbox.h"

int sandbox_apply_filter(unsigned flags);
int sandbox_apply_landlock(const struct clinux_confinement *what);
int sandbox_expose(const char *const *paths, uid_t user);
int sandbox_mount(const struct clinux_confinement *what);
int sandbox_open_network(const struct clinux_confinement *what);
int sandbox_own_users(int namespaces);
