/* How a child that is forked for a program tells its parent why it could not become that. */
#include <sys/types.h>

struct trouble {
  int step;
  int error;
};

/* In the child: tells it, and ends. */
_Noreturn void trouble_tell(int report, struct trouble trouble);

/* In the parent, with the errno of fork: the child once it has become the program; or -1 with
   errno, and the name of the step that failed. Both ends of `report` are closed. */
pid_t trouble_await(pid_t child, const int report[2], const char *const *steps, const char **step);
