// Why the processes of a group cannot go on together; runtime/distributed/errors.ts.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace lavis::distributed {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

enum class FailureKind : int64_t { peerLost, aborted, outOfStep, other };

struct Failure {
  FailureKind kind = FailureKind::other;
  std::string message;
  std::vector<int> ranks;
  // Whether a process left that was through with its calls, as far as it knows.
  bool isOrderly = false;
};

}  // namespace lavis::distributed
