// TCP sockets, as far as the processes of a group need them to find and watch each other.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "failure.h"

namespace lavis::distributed {

// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  bool isOpen() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

inline std::runtime_error systemError(const std::string& what) {
  return std::runtime_error(what + ": " + std::strerror(errno));
}

struct Resolved {
  addrinfo* first = nullptr;
  ~Resolved() {
    if (first != nullptr) freeaddrinfo(first);
  }
};

inline std::unique_ptr<Resolved> resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  auto found = std::make_unique<Resolved>();
  const int status = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found->first);
  if (status != 0) throw std::runtime_error(host + " is no address: " + gai_strerror(status));
  return found;
}

inline Descriptor openSocket(const addrinfo& at) {
  Descriptor made(::socket(at.ai_family, at.ai_socktype, at.ai_protocol));
  // Not for programs that this one starts.
  if (made.isOpen()) ::fcntl(made.get(), F_SETFD, FD_CLOEXEC);
  return made;
}

inline std::string numericHost(const sockaddr_storage& address, socklen_t length) {
  char host[NI_MAXHOST];
  const auto* at = reinterpret_cast<const sockaddr*>(&address);
  const int status = getnameinfo(at, length, host, sizeof host, nullptr, 0, NI_NUMERICHOST);
  if (status != 0) throw std::runtime_error(std::string("an address has no name: ") + gai_strerror(status));
  return host;
}

// This end's address of a socket.
inline std::string ownAddress(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw systemError("a socket has no address");
  }
  return numericHost(address, length);
}

inline int ownPort(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw systemError("a socket has no port");
  }
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
}

// Listens at an address of this host, on a port that is free.
inline Descriptor listenAt(const std::string& host) {
  const auto found = resolve(host, 0);
  for (const addrinfo* at = found->first; at != nullptr; at = at->ai_next) {
    Descriptor socket = openSocket(*at);
    if (!socket.isOpen()) continue;
    if (::bind(socket.get(), at->ai_addr, at->ai_addrlen) != 0) continue;
    if (::listen(socket.get(), SOMAXCONN) == 0) return socket;
  }
  throw systemError("cannot listen at " + host);
}

inline void sendAtOnce(const Descriptor& socket) {
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
}

inline Milliseconds leftUntil(Clock::time_point deadline) {
  return std::max(Milliseconds(0), std::chrono::duration_cast<Milliseconds>(deadline - Clock::now()));
}

// Whether a socket is ready for `events` before the time is over.
inline bool isReady(const Descriptor& socket, short events, Milliseconds wait) {
  pollfd entry{socket.get(), events, 0};
  return ::poll(&entry, 1, static_cast<int>(wait.count())) > 0;
}

// Connects to a host that listens already.
inline Descriptor connectTo(const std::string& host, int port, Milliseconds wait) {
  const auto found = resolve(host, port);
  int problem = ECONNREFUSED;
  for (const addrinfo* at = found->first; at != nullptr; at = at->ai_next) {
    Descriptor socket = openSocket(*at);
    if (!socket.isOpen()) continue;
    sendAtOnce(socket);
    if (::connect(socket.get(), at->ai_addr, at->ai_addrlen) == 0) return socket;
    problem = errno;
    if (problem != EINPROGRESS) continue;
    problem = ETIMEDOUT;
    if (!isReady(socket, POLLOUT, wait)) continue;
    socklen_t length = sizeof problem;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &problem, &length);
    if (problem == 0) return socket;
  }
  errno = problem;
  throw systemError("cannot connect to rank 0 at " + host + ", port " + std::to_string(port));
}

}  // namespace lavis::distributed
