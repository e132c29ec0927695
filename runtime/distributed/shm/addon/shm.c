// What JavaScript sees of a group: binding.ts says what each function takes and gives.
#include <errno.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"

#define MOST_ARGUMENTS 8

// Throws, and leaves the function with NULL, where a call of Node-API fails.
#define CHECK(call)                                              \
  do {                                                           \
    if ((call) != napi_ok) return throw_last(env);               \
  } while (0)

static napi_value throw_last(napi_env env) {
  bool is_pending = false;
  napi_is_exception_pending(env, &is_pending);
  const napi_extended_error_info* info = NULL;
  if (!is_pending && napi_get_last_error_info(env, &info) == napi_ok) {
    napi_throw_type_error(env, NULL, info->error_message != NULL ? info->error_message : "Node-API failed");
  }
  return NULL;
}

// An error of the operating system: its text, and its number as `code`.
static napi_value throw_system(napi_env env, int error) {
  char code[16];
  snprintf(code, sizeof code, "%d", error);
  napi_throw_error(env, code, strerror(error));
  return NULL;
}

static bool get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value* arguments) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) == napi_ok && given == count) return true;
  napi_throw_type_error(env, NULL, "wrong number of arguments");
  return false;
}

// The group that an argument stands for; NULL, with an error thrown, for one that is closed or none.
static Group* open_group(napi_env env, napi_value value) {
  void* found = NULL;
  if (napi_get_value_external(env, value, &found) != napi_ok || ((Group*)found)->is_closed) {
    napi_throw_error(env, NULL, "the group is closed");
    return NULL;
  }
  return found;
}

static napi_value number(napi_env env, double value) {
  napi_value result;
  return napi_create_double(env, value, &result) == napi_ok ? result : NULL;
}

static void close_with_environment(void* group) { group_close(group); }

static void finalize_group(napi_env env, void* group, void* hint) {
  (void)hint;
  napi_remove_env_cleanup_hook(env, close_with_environment, group);
  group_free(group);
}

static napi_value wrap(napi_env env, Group* group) {
  if (group == NULL) return throw_system(env, errno);
  napi_value result;
  if (napi_create_external(env, group, finalize_group, NULL, &result) != napi_ok) {
    group_free(group);
    return throw_last(env);
  }
  // A thread of the group may be writing to an array while the environment that owns it ends.
  CHECK(napi_add_env_cleanup_hook(env, close_with_environment, group));
  return result;
}

static napi_value create(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  int32_t size;
  if (!get_arguments(env, info, 1, arguments)) return NULL;
  CHECK(napi_get_value_int32(env, arguments[0], &size));
  return wrap(env, group_create(size));
}

static napi_value join(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  char path[PATH_BYTES];
  size_t length;
  int32_t rank;
  int32_t size;
  if (!get_arguments(env, info, 3, arguments)) return NULL;
  CHECK(napi_get_value_string_utf8(env, arguments[0], path, sizeof path, &length));
  CHECK(napi_get_value_int32(env, arguments[1], &rank));
  CHECK(napi_get_value_int32(env, arguments[2], &size));
  return wrap(env, group_join(path, rank, size));
}

static napi_value path(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  if (!get_arguments(env, info, 1, arguments)) return NULL;
  const Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  napi_value result;
  CHECK(napi_create_string_utf8(env, group->path, NAPI_AUTO_LENGTH, &result));
  return result;
}

static napi_value hide(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  if (!get_arguments(env, info, 1, arguments)) return NULL;
  Group* group = open_group(env, arguments[0]);
  if (group != NULL) group_hide(group);
  return NULL;
}

static napi_status get_bytes(napi_env env, napi_value value, unsigned char** data, size_t* length) {
  void* found = NULL;
  napi_typedarray_type type;
  const napi_status status = napi_get_typedarray_info(env, value, &type, length, &found, NULL, NULL);
  *data = found;
  return status == napi_ok && type != napi_uint8_array ? napi_invalid_arg : status;
}

// An operation of the call that an argument holds as JavaScript encodes it; NULL, with an error thrown, for another.
static Operation* new_operation(napi_env env, CallKind kind, int64_t sequence, napi_value call) {
  unsigned char* encoded;
  size_t bytes;
  if (get_bytes(env, call, &encoded, &bytes) != napi_ok || bytes != CALL_BYTES) {
    napi_throw_range_error(env, NULL, "the call is not encoded");
    return NULL;
  }
  Operation* operation = calloc(1, sizeof *operation);
  if (operation == NULL) {
    throw_system(env, ENOMEM);
    return NULL;
  }
  operation->kind = kind;
  operation->sequence = (uint64_t)sequence;
  memcpy(operation->call, encoded, CALL_BYTES);
  return operation;
}

static napi_value start(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  if (!get_arguments(env, info, 8, arguments)) return NULL;
  Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  int32_t kind;
  int32_t reduction;
  int32_t root;
  int64_t sequence;
  unsigned char* data;
  size_t bytes;
  unsigned char* output;
  size_t output_bytes;
  CHECK(napi_get_value_int32(env, arguments[1], &kind));
  CHECK(napi_get_value_int32(env, arguments[2], &reduction));
  CHECK(napi_get_value_int32(env, arguments[3], &root));
  CHECK(napi_get_value_int64(env, arguments[4], &sequence));
  CHECK(get_bytes(env, arguments[6], &data, &bytes));
  CHECK(get_bytes(env, arguments[7], &output, &output_bytes));
  const size_t expected = kind == CALL_ALL_GATHER       ? bytes * (size_t)group->size
                          : kind == CALL_REDUCE_SCATTER ? bytes / (size_t)group->size
                                                        : 0;
  if (output_bytes != expected || root < 0 || root >= group->size) {
    napi_throw_range_error(env, NULL, "the output or the root of the call does not fit");
    return NULL;
  }
  Operation* operation = new_operation(env, (CallKind)kind, sequence, arguments[5]);
  if (operation == NULL) return NULL;
  operation->reduction = (Reduction)reduction;
  operation->root = root;
  operation->data = data;
  operation->bytes = bytes;
  operation->output = output;
  return number(env, (double)group_start(group, operation));
}

static napi_value allocate(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  if (!get_arguments(env, info, 5, arguments)) return NULL;
  Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  int64_t sequence;
  int64_t bytes;
  int64_t available;
  CHECK(napi_get_value_int64(env, arguments[1], &sequence));
  CHECK(napi_get_value_int64(env, arguments[3], &bytes));
  CHECK(napi_get_value_int64(env, arguments[4], &available));
  if (bytes < 0 || available < 0) {
    napi_throw_range_error(env, NULL, "bytes are negative");
    return NULL;
  }
  Operation* operation = new_operation(env, CALL_ALLOCATE, sequence, arguments[2]);
  if (operation == NULL) return NULL;
  operation->bytes = (size_t)bytes;
  operation->available = (size_t)available;
  return number(env, (double)group_start(group, operation));
}

static napi_value wait(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  int64_t operation;
  double milliseconds;
  if (!get_arguments(env, info, 3, arguments)) return NULL;
  Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  CHECK(napi_get_value_int64(env, arguments[1], &operation));
  CHECK(napi_get_value_double(env, arguments[2], &milliseconds));
  return number(env, group_wait(group, (uint64_t)operation, milliseconds));
}

static napi_value failure(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  if (!get_arguments(env, info, 1, arguments)) return NULL;
  Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  pthread_mutex_lock(&group->mutex);
  const Failure failed = group->failure;
  pthread_mutex_unlock(&group->mutex);
  const size_t bytes = (size_t)group->size * CALL_BYTES;
  void* copied;
  napi_value result;
  napi_value calls;
  napi_value reason;
  CHECK(napi_create_arraybuffer(env, bytes, &copied, &calls));
  memcpy(copied, group->calls_seen, bytes);
  const char* text = failed.kind == FAILURE_SYSTEM ? strerror(failed.error) : failed.reason;
  CHECK(napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &reason));
  CHECK(napi_create_object(env, &result));
  CHECK(napi_set_named_property(env, result, "kind", number(env, failed.kind)));
  CHECK(napi_set_named_property(env, result, "rank", number(env, failed.rank)));
  CHECK(napi_set_named_property(env, result, "reason", reason));
  CHECK(napi_set_named_property(env, result, "calls", calls));
  return result;
}

static void finalize_memory(napi_env env, void* data, void* segment) {
  (void)env;
  (void)data;
  segment_release(segment);
}

static napi_value memory(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  int64_t bytes;
  if (!get_arguments(env, info, 2, arguments)) return NULL;
  Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  CHECK(napi_get_value_int64(env, arguments[1], &bytes));
  if (group->segment_count == 0) return throw_system(env, EINVAL);
  // The thread is at rest: the allocation was waited for.
  Segment* segment = group->segments[group->segment_count - 1];
  unsigned char* slot = segment->base + (size_t)group->rank * segment->slot;
  atomic_fetch_add(&segment->references, 1);
  napi_value result;
  if (napi_create_external_arraybuffer(env, slot, (size_t)bytes, finalize_memory, segment, &result) != napi_ok) {
    segment_release(segment);
    return throw_last(env);
  }
  return result;
}

static napi_value missing(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  int64_t sequence;
  napi_value result;
  if (!get_arguments(env, info, 2, arguments)) return NULL;
  const Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  CHECK(napi_get_value_int64(env, arguments[1], &sequence));
  CHECK(napi_create_array(env, &result));
  // Where this rank itself is at an earlier call still, whoever has not come to that one is what it waits for.
  const uint64_t own = atomic_load(&group->control->places[group->rank].come_to);
  const uint64_t asked = (uint64_t)sequence + 1;
  const uint64_t waited_for = own < asked ? own : asked;
  uint32_t found = 0;
  for (int rank = 0; rank < group->size; rank++) {
    if (atomic_load(&group->control->places[rank].come_to) >= waited_for) continue;
    CHECK(napi_set_element(env, result, found++, number(env, rank)));
  }
  return result;
}

static napi_value abort_group(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  char reason[REASON_BYTES];
  size_t length;
  if (!get_arguments(env, info, 2, arguments)) return NULL;
  Group* group = open_group(env, arguments[0]);
  if (group == NULL) return NULL;
  CHECK(napi_get_value_string_utf8(env, arguments[1], reason, sizeof reason, &length));
  group_abort(group, reason);
  return NULL;
}

static napi_value close_group(napi_env env, napi_callback_info info) {
  napi_value arguments[MOST_ARGUMENTS];
  void* group = NULL;
  if (!get_arguments(env, info, 1, arguments)) return NULL;
  CHECK(napi_get_value_external(env, arguments[0], &group));
  group_close(group);
  return NULL;
}

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback function;
  } functions[] = {
      {"create", create},   {"join", join},         {"path", path},         {"hide", hide},
      {"start", start},     {"allocate", allocate}, {"wait", wait},         {"memory", memory},
      {"failure", failure}, {"missing", missing},   {"abort", abort_group}, {"close", close_group},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    CHECK(napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function));
    CHECK(napi_set_named_property(env, exports, functions[i].name, function));
  }
  return exports;
}
