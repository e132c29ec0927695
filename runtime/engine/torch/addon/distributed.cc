// Groups of processes on libtorch's c10d, where the libtorch that the addon is built for has gloo.
#include "addon.h"

#if defined(LAVIS_GLOO)
#include <c10/util/Logging.h>

#include <cstdlib>

#include "distributed/group.h"
#endif

namespace lavis {
namespace {

#if defined(LAVIS_GLOO)

using distributed::CallKind;
using distributed::Descriptor;
using distributed::Group;
using distributed::Milliseconds;
using distributed::Reduction;

// The groups of one JavaScript environment, by handle, from 1 on.
thread_local std::vector<std::shared_ptr<Group>> groups;

Group& toGroup(napi_env env, napi_value handle) { return *groups.at(toHandle(env, handle) - 1); }

napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value value;
  check(napi_get_named_property(env, object, name, &value));
  return value;
}

napi_value fromRanks(napi_env env, const std::vector<int>& ranks) {
  napi_value array;
  check(napi_create_array_with_length(env, ranks.size(), &array));
  for (uint32_t i = 0; i < ranks.size(); i++) check(napi_set_element(env, array, i, fromNumber(env, ranks[i])));
  return array;
}

std::vector<uint8_t> toBytes(napi_env env, napi_value array) {
  size_t length = 0;
  void* data = nullptr;
  check(napi_get_typedarray_info(env, array, nullptr, &length, &data, nullptr, nullptr));
  const auto* bytes = static_cast<const uint8_t*>(data);
  return {bytes, bytes + length};
}

// The memory that a call works on: a tensor's by its handle, or a Uint8Array's, which JavaScript keeps, of float32
// numbers where it is reduced.
at::Tensor toMemory(napi_env env, napi_value value, bool isReduced) {
  napi_valuetype type;
  check(napi_typeof(env, value, &type));
  if (type == napi_undefined) return {};
  if (type == napi_number) return toTensor(env, value).view({-1});
  size_t length = 0;
  void* data = nullptr;
  check(napi_get_typedarray_info(env, value, nullptr, &length, &data, nullptr, nullptr));
  if (length == 0) return {};
  const auto count = static_cast<int64_t>(length);
  return isReduced ? at::from_blob(data, {count / 4}, at::kFloat) : at::from_blob(data, {count}, at::kByte);
}

// A process that ends without closing its groups still leaves them: threads that go on while the library is torn down
// would be its last trouble.
void leaveAtExit(void* held) {
  const std::unique_ptr<std::shared_ptr<Group>> group(static_cast<std::shared_ptr<Group>*>(held));
  (*group)->leave(false);
  (*group)->hasEnded(Milliseconds(100));
}

// listenAt(host): { fd, port }, a socket that listens at an address of this host
napi_value listenAt(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Descriptor socket = distributed::listenAt(toString(env, arguments[0]));
  napi_value made;
  check(napi_create_object(env, &made));
  check(napi_set_named_property(env, made, "port", fromNumber(env, distributed::ownPort(socket))));
  check(napi_set_named_property(env, made, "fd", fromNumber(env, socket.release())));
  return made;
}

// openGroup({ rank, size, host, watch: { fd, port }, store: { fd, port }, secret, device, timeout }): handle; fd −1 in
// all but rank 0. The group opens in the background: that is call 0.
napi_value openGroup(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const napi_value given = arguments[0];
  const auto number = [&](napi_value object, const char* name) {
    return static_cast<int>(toInteger(env, property(env, object, name)));
  };
  const napi_value watch = property(env, given, "watch");
  const napi_value store = property(env, given, "store");
  distributed::Plan plan;
  plan.rank = number(given, "rank");
  plan.size = number(given, "size");
  plan.host = toString(env, property(env, given, "host"));
  plan.watchPort = number(watch, "port");
  plan.storePort = number(store, "port");
  plan.watchSocket = Descriptor(number(watch, "fd"));
  plan.storeSocket = Descriptor(number(store, "fd"));
  plan.secret = toString(env, property(env, given, "secret"));
  plan.isCuda = toString(env, property(env, given, "device")) == "cuda";
  plan.timeout = Milliseconds(static_cast<int64_t>(1000 * toNumber(env, property(env, given, "timeout"))));
  // What goes wrong is told by errors; c10d's own warnings come with long traces of its calls.
  setenv("TORCH_CPP_LOG_LEVEL", "ERROR", 0);
  c10::initLogging();
  auto group = std::make_shared<Group>(std::move(plan));
  groups.push_back(group);
  check(napi_add_env_cleanup_hook(env, leaveAtExit, new std::shared_ptr<Group>(group)));
  group->start();
  return fromHandle(env, static_cast<uint32_t>(groups.size()));
}

// groupStart(group, { kind, reduction, root, sequence, words: Uint8Array }, data?, output?): void; data and output are
// handles of tensors or Uint8Arrays, which nothing may touch or free before the call is done
napi_value groupStart(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  const auto number = [&](const char* name) { return toInteger(env, property(env, arguments[1], name)); };
  const auto kind = static_cast<CallKind>(number("kind"));
  const bool isReduced = kind == CallKind::allReduce || kind == CallKind::reduceScatter;
  toGroup(env, arguments[0]).push({
      kind,
      static_cast<Reduction>(number("reduction")),
      static_cast<int>(number("root")),
      static_cast<uint64_t>(number("sequence")),
      toBytes(env, property(env, arguments[1], "words")),
      toMemory(env, arguments[2], isReduced),
      toMemory(env, arguments[3], isReduced),
  });
  return undefined(env);
}

// groupWait(group, sequence, milliseconds): 0 where the call still goes on, 1 where it is done, 2 where the group failed
napi_value groupWait(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const auto sequence = static_cast<uint64_t>(toInteger(env, arguments[1]));
  const Milliseconds time(toInteger(env, arguments[2]));
  return fromNumber(env, static_cast<double>(toGroup(env, arguments[0]).wait(sequence, time)));
}

// groupFailure(group): { kind, message, ranks, calls: Uint8Array }; calls as all processes state them, one after the
// other, where they are out of step
napi_value groupFailure(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Group& group = toGroup(env, arguments[0]);
  const distributed::Failure failure = group.failure();
  const std::vector<uint8_t> stated = group.statedCalls();
  void* data = nullptr;
  napi_value buffer;
  napi_value calls;
  check(napi_create_arraybuffer(env, stated.size(), &data, &buffer));
  std::copy(stated.begin(), stated.end(), static_cast<uint8_t*>(data));
  check(napi_create_typedarray(env, napi_uint8_array, stated.size(), buffer, 0, &calls));
  napi_value made;
  check(napi_create_object(env, &made));
  check(napi_set_named_property(env, made, "kind", fromNumber(env, static_cast<double>(failure.kind))));
  check(napi_set_named_property(env, made, "message", fromString(env, failure.message)));
  check(napi_set_named_property(env, made, "ranks", fromRanks(env, failure.ranks)));
  check(napi_set_named_property(env, made, "calls", calls));
  return made;
}

// groupMissing(group, sequence): the ranks that have not come to a call
napi_value groupMissing(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  return fromRanks(env, toGroup(env, arguments[0]).missing(static_cast<uint64_t>(toInteger(env, arguments[1]))));
}

// groupAbort(group, reason): void
napi_value groupAbort(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  toGroup(env, arguments[0]).abort(toString(env, arguments[1]));
  return undefined(env);
}

// groupLeave(group): void
napi_value groupLeave(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  toGroup(env, arguments[0]).leave(true);
  return undefined(env);
}

// groupHasEnded(group, milliseconds): boolean, whether nothing of the group that was left runs any more
napi_value groupHasEnded(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  return fromBool(env, toGroup(env, arguments[0]).hasEnded(Milliseconds(toInteger(env, arguments[1]))));
}

// alignedMemory(bytes): ArrayBuffer of zeros, at a multiple of 64
napi_value alignedMemory(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const auto bytes = static_cast<size_t>(toInteger(env, arguments[0]));
  const size_t whole = (bytes + 63) / 64 * 64;
  void* memory = std::aligned_alloc(64, std::max<size_t>(whole, 64));
  if (memory == nullptr) throw std::bad_alloc();
  std::fill_n(static_cast<char*>(memory), whole, 0);
  napi_value buffer;
  const auto release = [](napi_env, void* data, void*) { std::free(data); };
  check(napi_create_external_arraybuffer(env, memory, bytes, release, nullptr, &buffer));
  return buffer;
}

#endif

const std::vector<std::string> backends = {
#if defined(LAVIS_GLOO)
    "gloo",
#endif
#if defined(LAVIS_NCCL)
    "nccl",
#endif
};

}  // namespace

void defineDistributed(napi_env env, napi_value exports) {
  napi_value names;
  check(napi_create_array_with_length(env, backends.size(), &names));
  for (uint32_t i = 0; i < backends.size(); i++) check(napi_set_element(env, names, i, fromString(env, backends[i])));
  check(napi_set_named_property(env, exports, "c10dBackends", names));
#if defined(LAVIS_GLOO)
  define<listenAt>(env, exports, "listenAt");
  define<openGroup>(env, exports, "openGroup");
  define<groupStart>(env, exports, "groupStart");
  define<groupWait>(env, exports, "groupWait");
  define<groupFailure>(env, exports, "groupFailure");
  define<groupMissing>(env, exports, "groupMissing");
  define<groupAbort>(env, exports, "groupAbort");
  define<groupLeave>(env, exports, "groupLeave");
  define<groupHasEnded>(env, exports, "groupHasEnded");
  define<alignedMemory>(env, exports, "alignedMemory");
#endif
}

}  // namespace lavis
