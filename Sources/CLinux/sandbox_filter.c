#define _GNU_SOURCE
#include "CLinux.h"
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the system call filter knows x86-64 and aarch64"
#endif

/* Numbers that headers of the oldest supported system lack; the same on every architecture. */
#define NEW(name, number) number

/* What a plugin is refused, with EPERM. */
static const int denied[] = {
    /* other processes and the kernel */
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, NEW(pidfd_getfd, 438), SYS_bpf,
    NEW(process_madvise, 440), SYS_perf_event_open, SYS_userfaultfd, NEW(memfd_secret, 447),
    SYS_kexec_load, SYS_kcmp, SYS_migrate_pages, SYS_move_pages,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_personality,
    /* mounts and namespaces */
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, NEW(open_tree, 428), NEW(move_mount, 429),
    NEW(fsopen, 430), NEW(fsconfig, 431), NEW(fsmount, 432), NEW(fspick, 433),
    NEW(mount_setattr, 442), NEW(open_tree_attr, 467), SYS_setns, SYS_unshare,
    SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_fanotify_init,
    /* key rings; io_uring, which passes filters by */
    SYS_keyctl, SYS_add_key, SYS_request_key, NEW(io_uring_setup, 425), NEW(io_uring_enter, 426),
    NEW(io_uring_register, 427),
    /* the machine */
    SYS_acct, SYS_swapon, SYS_swapoff, SYS_reboot, SYS_sethostname, SYS_setdomainname, SYS_quotactl,
    NEW(quotactl_fd, 443), SYS_syslog, SYS_nfsservctl, SYS_lookup_dcookie, SYS_settimeofday,
    SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_vhangup,
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat, SYS_sysfs, SYS__sysctl,
#endif
    /* seccomp user notification would let a plugin answer for its own children; none needs it */
    SYS_seccomp,
};

#define NAMESPACES                                                                              \
  (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |     \
   CLONE_NEWCGROUP)

struct program {
  struct sock_filter *out;
  int count;
  int room;
};

static void add(struct program *p, uint16_t code, uint32_t k, uint8_t yes, uint8_t no) {
  if (p->count < p->room) p->out[p->count] = (struct sock_filter){code, yes, no, k};
  p->count++;
}

static void load(struct program *p, size_t offset) {
  add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct program *p, uint32_t what) { add(p, BPF_RET | BPF_K, what, 0, 0); }

#define ERROR(number) (SECCOMP_RET_ERRNO | (number))
#define NUMBER offsetof(struct seccomp_data, nr)
/* The low half, on both little-endian architectures. */
#define ARGUMENT(index) (offsetof(struct seccomp_data, args) + 8 * (index))

/* A whole call. */
static void refuse(struct program *p, int number, uint32_t what) {
  add(p, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
  answer(p, what);
}

int clinux_filter(unsigned flags, uint64_t *out, int room) {
  struct program program = {(struct sock_filter *)out, 0, room};
  struct program *p = &program;
  load(p, offsetof(struct seccomp_data, arch));
  add(p, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
  answer(p, SECCOMP_RET_KILL_PROCESS);
  load(p, NUMBER);
#if defined(__x86_64__)
  add(p, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1); /* x32 */
  answer(p, ERROR(ENOSYS));
#endif
  for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) refuse(p, denied[i], ERROR(EPERM));
  /* Its flags lie behind a pointer: the C library then takes clone. */
  refuse(p, NEW(clone3, 435), ERROR(ENOSYS));
  if (flags & CLINUX_FILTER_ONE_GROUP) {
    refuse(p, SYS_setsid, ERROR(EPERM));
    refuse(p, SYS_setpgid, ERROR(EPERM));
  }
  /* clone: no namespaces. */
  add(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
  load(p, ARGUMENT(0));
  add(p, BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1);
  answer(p, ERROR(EPERM));
  answer(p, SECCOMP_RET_ALLOW);
  /* ioctl: no typing into a terminal, in either way. */
  add(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5);
  load(p, ARGUMENT(1));
  add(p, BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 1, 0);
  add(p, BPF_JMP | BPF_JEQ | BPF_K, 0x541C /* TIOCLINUX */, 0, 1);
  answer(p, ERROR(EPERM));
  answer(p, SECCOMP_RET_ALLOW);
  /* socket: Unix and the Internet; of the Internet no raw ones. */
  int internet = !(flags & CLINUX_FILTER_NO_INTERNET), local = !(flags & CLINUX_FILTER_NO_LOCAL);
  add(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 2 + (local ? 2 : 0) + (internet ? 6 : 0));
  load(p, ARGUMENT(0));
  if (local) {
    add(p, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 1);
    answer(p, SECCOMP_RET_ALLOW);
  }
  if (internet) {
    add(p, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0);
    add(p, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 4);
    load(p, ARGUMENT(1));
    add(p, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
    add(p, BPF_JMP | BPF_JGE | BPF_K, SOCK_RAW, 1, 0);
    answer(p, SECCOMP_RET_ALLOW);
  }
  answer(p, ERROR(EAFNOSUPPORT));
  answer(p, SECCOMP_RET_ALLOW);
  return program.count;
}

int sandbox_apply_filter(unsigned flags) {
  uint64_t room[512];
  int count = clinux_filter(flags, room, 512);
  if (count > 512) {
    errno = E2BIG;
    return -1;
  }
  struct sock_fprog program = {(unsigned short)count, (struct sock_filter *)room};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
