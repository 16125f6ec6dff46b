#define _GNU_SOURCE
#include "CLinux.h"
#include "sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int raise_loopback(int control) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING;
  return ioctl(control, SIOCSIFFLAGS, &request);
}

/* An address of IPv6, as the kernel takes it. */
struct address6 {
  struct in6_addr address;
  uint32_t length;
  int interface;
};

static int add_address6(const char *text) {
  struct address6 request = {.length = 128, .interface = (int)if_nametoindex("lo")};
  if (inet_pton(AF_INET6, text, &request.address) != 1) {
    errno = EINVAL;
    return -1;
  }
  int control = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return -1;
  int result = ioctl(control, SIOCSIFADDR, &request);
  if (result != 0 && errno == EEXIST) result = 0; /* its own, ::1 */
  int error = errno;
  close(control);
  errno = error;
  return result;
}

/* A further address of loopback, alone in its network. */
static int add_address(int control, const char *text, int number) {
  if (strchr(text, ':')) return add_address6(text);
  struct ifreq request;
  memset(&request, 0, sizeof request);
  snprintf(request.ifr_name, sizeof request.ifr_name, "lo:%d", number);
  struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
  address->sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &address->sin_addr) != 1) {
    errno = EINVAL;
    return -1;
  }
  if (ioctl(control, SIOCSIFADDR, &request) != 0) return -1;
  address = (struct sockaddr_in *)&request.ifr_netmask;
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = INADDR_NONE;
  return ioctl(control, SIOCSIFNETMASK, &request);
}

/* Room for one descriptor beside a message. */
union carrier {
  char bytes[CMSG_SPACE(sizeof(int))];
  struct cmsghdr header;
};

static struct msghdr carrying(struct iovec *part, union carrier *room) {
  return (struct msghdr){
      .msg_iov = part,
      .msg_iovlen = 1,
      .msg_control = room->bytes,
      .msg_controllen = sizeof room->bytes,
  };
}

static int hand_over(int control, int descriptor, int kind) {
  struct iovec part = {&kind, sizeof kind};
  union carrier room;
  struct msghdr message = carrying(&part, &room);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(control, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Listens where names are asked for. */
static int asked(void) {
  int raw = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(53)};
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return raw < 0 || bind(raw, (struct sockaddr *)&name, sizeof name) != 0 ? -1 : raw;
}

/* Listens on every address of loopback; the connection tells which one was meant. */
static int listener(int family, uint16_t port) {
  int raw = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  if (raw < 0) return -1;
  union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
  } name = {.any = {.sa_family = (sa_family_t)family}}; /* all other bytes 0: any address */
  if (family == AF_INET6) {
    name.six.sin6_port = htons(port);
    if (setsockopt(raw, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) return -1;
  } else {
    name.four.sin_port = htons(port);
  }
  if (bind(raw, &name.any, family == AF_INET6 ? sizeof name.six : sizeof name.four) != 0) return -1;
  return listen(raw, 64) != 0 ? -1 : raw;
}

/* Hands a listener over, as `kind`. */
static int give(int control, int raw, int kind) {
  if (raw < 0 || hand_over(control, raw, kind) != 0) return -1;
  close(raw);
  return 0;
}

int sandbox_open_network(const struct clinux_confinement *what) {
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0 || raise_loopback(control) != 0) return -1;
  for (int i = 0; what->addresses && what->addresses[i]; i++)
    if (add_address(control, what->addresses[i], i + 1) != 0) return -1;
  close(control);
  if (what->control < 0) return 0;
  if (give(what->control, asked(), 0) != 0) return -1;
  for (int i = 0; i < what->port_count; i++)
    if (give(what->control, listener(AF_INET, what->ports[i]), what->ports[i]) != 0) return -1;
  for (int i = 0; i < what->port6_count; i++)
    if (give(what->control, listener(AF_INET6, what->ports6[i]), what->ports6[i]) != 0) return -1;
  return 0;
}

int clinux_message_sockets(int *ends) {
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

int clinux_take_descriptor(int control, int *kind) {
  struct iovec part = {kind, sizeof *kind};
  union carrier room;
  struct msghdr message = carrying(&part, &room);
  ssize_t count;
  do count = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  struct cmsghdr *header = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (!header || header->cmsg_type != SCM_RIGHTS) return -1;
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return descriptor;
}

int clinux_local_address(int descriptor, char text[46], uint16_t *port) {
  union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
  } name;
  socklen_t size = sizeof name;
  if (getsockname(descriptor, &name.any, &size) != 0) return -1;
  int is_six = name.any.sa_family == AF_INET6;
  *port = ntohs(is_six ? name.six.sin6_port : name.four.sin_port);
  const void *address = is_six ? (void *)&name.six.sin6_addr : (void *)&name.four.sin_addr;
  return inet_ntop(name.any.sa_family, address, text, 46) ? 0 : -1;
}

ssize_t clinux_receive_from(int descriptor, void *bytes, size_t room, void *who, unsigned *size) {
  return recvfrom(descriptor, bytes, room, MSG_DONTWAIT, who, size);
}

ssize_t clinux_send_to(int descriptor, const void *bytes, size_t count, const void *who,
                       unsigned size) {
  return sendto(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, who, size);
}
