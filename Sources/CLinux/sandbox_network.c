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

/* A further address of loopback, alone in its network. */
static int add_address(int control, const char *text, int number) {
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

/* Listens on every address of loopback; the connection tells which one was meant. */
static int listener(int kind, uint16_t port) {
  int raw = socket(AF_INET, kind | SOCK_CLOEXEC, 0);
  if (raw < 0) return -1;
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  name.sin_addr.s_addr = kind == SOCK_DGRAM ? htonl(INADDR_LOOPBACK) : htonl(INADDR_ANY);
  if (bind(raw, (struct sockaddr *)&name, sizeof name) != 0) return -1;
  if (kind == SOCK_STREAM && listen(raw, 64) != 0) return -1;
  return raw;
}

int sandbox_open_network(const struct clinux_confinement *what) {
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0 || raise_loopback(control) != 0) return -1;
  for (int i = 0; what->addresses && what->addresses[i]; i++)
    if (add_address(control, what->addresses[i], i + 1) != 0) return -1;
  close(control);
  if (what->control < 0) return 0;
  /* -1 is the socket that asks for names; then one socket for each port. */
  for (int i = -1; i < what->port_count; i++) {
    int raw = i < 0 ? listener(SOCK_DGRAM, 53) : listener(SOCK_STREAM, what->ports[i]);
    if (raw < 0 || hand_over(what->control, raw, i < 0 ? 0 : what->ports[i]) != 0) return -1;
    close(raw);
  }
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

int clinux_local_address(int descriptor, uint32_t *address, uint16_t *port) {
  struct sockaddr_in name;
  socklen_t size = sizeof name;
  if (getsockname(descriptor, (struct sockaddr *)&name, &size) != 0) return -1;
  *address = ntohl(name.sin_addr.s_addr);
  *port = ntohs(name.sin_port);
  return 0;
}

ssize_t clinux_receive_from(int descriptor, void *bytes, size_t room, void *who, unsigned *size) {
  return recvfrom(descriptor, bytes, room, MSG_DONTWAIT, who, size);
}

ssize_t clinux_send_to(int descriptor, const void *bytes, size_t count, const void *who,
                       unsigned size) {
  return sendto(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, who, size);
}
