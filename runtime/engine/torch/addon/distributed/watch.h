// How the processes of a group notice that one of them has ended or given up, and which of them a call waits for:
// connections of each with rank 0 that carry nothing else. Gloo itself fails only in the neighbours of a process that
// ended, and without its rank.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "sockets.h"

namespace lavis::distributed {

class Watch {
 public:
  using OnFailure = std::function<void(Failure)>;

  Watch(int rank, int size, OnFailure onFailure)
      : rank_(rank), size_(size), onFailure_(std::move(onFailure)), peers_(size), sequences_(size, 0), heard_(size) {}

  ~Watch() {
    isStopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  Watch(const Watch&) = delete;

  // Rank 0: takes the connections of all others in; those that do not know the secret are none of the group.
  void host(
      const Descriptor& listening,
      const std::string& secret,
      Clock::time_point deadline,
      const std::atomic<bool>& isCancelled) {
    std::vector<std::pair<Descriptor, std::string>> arriving;
    for (int missing = size_ - 1; missing > 0;) {
      if (isCancelled) throw std::runtime_error("opening was cancelled");
      if (Clock::now() >= deadline) throw std::runtime_error(describeAbsent());
      std::vector<pollfd> entries{{listening.get(), POLLIN, 0}};
      for (const auto& [socket, _] : arriving) entries.push_back({socket.get(), POLLIN, 0});
      ::poll(entries.data(), entries.size(), tick);
      for (size_t i = arriving.size(); i > 0; i--) {
        if (entries[i].revents == 0) continue;
        auto& [socket, bytes] = arriving[i - 1];
        const bool isAlive = receive(socket, bytes);
        const auto hello = takeMessage(bytes);
        if (hello) missing -= welcome(*hello, secret, socket) ? 1 : 0;
        if (hello || !isAlive) arriving.erase(arriving.begin() + static_cast<ptrdiff_t>(i - 1));
      }
      if (entries[0].revents != 0) {
        Descriptor accepted(::accept(listening.get(), nullptr, nullptr));
        if (!accepted.isOpen()) continue;
        sendAtOnce(accepted);
        arriving.emplace_back(std::move(accepted), "");
      }
    }
  }

  // Other ranks: connects to rank 0, and returns the address of this process as rank 0 sees it.
  std::string join(const std::string& host, int port, const std::string& secret, Clock::time_point deadline) {
    peers_[0].socket = connectTo(host, port, leftUntil(deadline));
    if (!send(0, {Type::hello, rank_, 0, secret})) throw std::runtime_error("rank 0 hung up");
    return ownAddress(peers_[0].socket);
  }

  void start() {
    for (auto& heard : heard_) heard = Clock::now();
    thread_ = std::thread([this] { run(); });
  }

  // This process has come to a call.
  void came(uint64_t sequence) { own_ = sequence; }

  // The ranks that have not come to a call, or of which nothing has been heard for a while.
  std::vector<int> missing(uint64_t sequence) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto now = Clock::now();
    // The others' news comes through rank 0.
    if (rank_ != 0 && now - heard_[0] > silence) return {0};
    std::vector<int> ranks;
    for (int rank = 0; rank < size_; rank++) {
      if (rank == rank_) continue;
      if (sequences_[rank] < sequence || now - heard_[rank] > silence) ranks.push_back(rank);
    }
    return ranks;
  }

  // Tells the others that this process has given up, or leaves.
  void tell(const Failure& failure) {
    for (int peer = 0; peer < size_; peer++) send(peer, messageOf(failure, rank_));
  }

 private:
  enum class Type : uint32_t {
    hello,   // who connects; text: the secret
    came,    // the call that a rank has come to; from rank 0, of any rank
    failed,  // number: the kind of failure; text: its message
    left,    // as failed, of a process that is through with its calls
  };

  struct Message {
    Type type;
    int32_t rank;
    uint64_t number;
    std::string text;
  };

  struct Header {
    uint32_t type;
    int32_t rank;
    uint64_t number;
    uint32_t length;
    uint32_t unused;
  };

  struct Peer {
    Descriptor socket;
    std::string received;
    // It has said so: that its connection ends is no news.
    bool hasLeft = false;
  };

  static constexpr int tick = 50;
  static constexpr Milliseconds reportEvery{100};
  static constexpr Milliseconds beatEvery{500};
  static constexpr Milliseconds silence{2000};
  static constexpr uint32_t longest = 1 << 16;

  static std::optional<Message> takeMessage(std::string& bytes) {
    Header header;
    if (bytes.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, bytes.data(), sizeof header);
    // Whoever says so does not speak this language.
    if (header.length > longest) return Message{Type::hello, -1, 0, ""};
    if (bytes.size() < sizeof header + header.length) return std::nullopt;
    const std::string text = bytes.substr(sizeof header, header.length);
    Message message{static_cast<Type>(header.type), header.rank, header.number, text};
    bytes.erase(0, sizeof header + header.length);
    return message;
  }

  // Reads what has come; false when the other end is closed.
  static bool receive(const Descriptor& socket, std::string& bytes) {
    char part[4096];
    for (;;) {
      const ssize_t count = ::recv(socket.get(), part, sizeof part, 0);
      if (count > 0) {
        bytes.append(part, static_cast<size_t>(count));
      } else if (count < 0 && errno == EINTR) {
        continue;
      } else {
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
      }
    }
  }

  bool welcome(const Message& hello, const std::string& secret, Descriptor& socket) {
    const bool isNew = hello.rank > 0 && hello.rank < size_ && !peers_[hello.rank].socket.isOpen();
    if (hello.type != Type::hello || hello.text != secret || !isNew) return false;
    peers_[hello.rank].socket = std::move(socket);
    return true;
  }

  std::string describeAbsent() const {
    std::string ranks;
    for (int rank = 1; rank < size_; rank++) {
      if (!peers_[rank].socket.isOpen()) ranks += (ranks.empty() ? "rank " : ", rank ") + std::to_string(rank);
    }
    return ranks + " did not come in time";
  }

  static Message messageOf(const Failure& failure, int rank) {
    return {failure.isOrderly ? Type::left : Type::failed, rank, static_cast<uint64_t>(failure.kind), failure.message};
  }

  // Messages are few and small: a peer whose buffers they fill has not read for minutes, and needs none any more.
  bool send(int peer, const Message& message) {
    const std::lock_guard<std::mutex> lock(sending_);
    const Descriptor& socket = peers_[peer].socket;
    if (!socket.isOpen()) return false;
    const std::string text = message.text.substr(0, longest);
    const Header header{
        static_cast<uint32_t>(message.type), message.rank, message.number, static_cast<uint32_t>(text.size()), 0};
    const std::string bytes = std::string(reinterpret_cast<const char*>(&header), sizeof header) + text;
#if defined(MSG_NOSIGNAL)
    const int flags = MSG_NOSIGNAL;
#else
    const int flags = 0;
#endif
    const ssize_t count = ::send(socket.get(), bytes.data(), bytes.size(), flags);
    if (count == static_cast<ssize_t>(bytes.size())) return true;
    // The rest would follow some other message.
    if (count > 0) ::shutdown(socket.get(), SHUT_RDWR);
    return false;
  }

  void run() {
    uint64_t reported = 0;
    auto lastReport = Clock::now() - beatEvery;
    while (!isStopping_) {
      std::vector<pollfd> entries;
      std::vector<int> ranks;
      for (int peer = 0; peer < size_; peer++) {
        if (!peers_[peer].socket.isOpen()) continue;
        entries.push_back({peers_[peer].socket.get(), POLLIN, 0});
        ranks.push_back(peer);
      }
      if (entries.empty()) return;
      ::poll(entries.data(), entries.size(), tick);
      for (size_t i = 0; i < entries.size(); i++) {
        if (entries[i].revents != 0) read(ranks[i]);
      }
      const auto now = Clock::now();
      const uint64_t own = own_;
      if (now - lastReport >= beatEvery || (own != reported && now - lastReport >= reportEvery)) {
        reported = own;
        lastReport = now;
        for (const int peer : ranks) send(peer, {Type::came, rank_, own, ""});
      }
    }
  }

  void read(int peer) {
    Peer& from = peers_[peer];
    const bool isAlive = receive(from.socket, from.received);
    while (const auto message = takeMessage(from.received)) take(peer, *message);
    if (isAlive) return;
    {
      const std::lock_guard<std::mutex> lock(sending_);
      from.socket.reset();
    }
    if (!from.hasLeft) lose({FailureKind::peerLost, "rank " + std::to_string(peer) + " has ended", {peer}}, peer);
  }

  void take(int peer, const Message& message) {
    if (message.type == Type::failed || message.type == Type::left) {
      const auto kind = static_cast<FailureKind>(message.number);
      if (message.rank == peer) peers_[peer].hasLeft = true;
      lose({kind, message.text, {message.rank}, message.type == Type::left}, message.rank);
      return;
    }
    if (message.type != Type::came || message.rank < 0 || message.rank >= size_) return;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      sequences_[message.rank] = message.number;
      heard_[message.rank] = Clock::now();
    }
    if (rank_ != 0) return;
    for (int other = 1; other < size_; other++) {
      if (other != peer) send(other, message);
    }
  }

  // Tells this process, and through rank 0 all others.
  void lose(const Failure& failure, int rank) {
    if (rank_ == 0) {
      for (int other = 1; other < size_; other++) {
        if (other != rank) send(other, messageOf(failure, rank));
      }
    }
    onFailure_(failure);
  }

  const int rank_;
  const int size_;
  const OnFailure onFailure_;
  std::vector<Peer> peers_;
  std::mutex sending_;
  std::mutex mutex_;
  std::vector<uint64_t> sequences_;
  std::vector<Clock::time_point> heard_;
  std::atomic<uint64_t> own_{0};
  std::atomic<bool> isStopping_{false};
  std::thread thread_;
};

}  // namespace lavis::distributed
