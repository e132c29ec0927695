// The addon's entry: its state for each environment, the library's version and settings, and errors.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/cpu/Utils.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Exception.h>
#include <torch/headeronly/version.h>

#include "addon.h"

namespace lavis {

void throwToJavaScript(napi_env env, std::exception_ptr error) {
  const auto raise = [env](const char* code, const std::string& text) {
    // A pending exception stays the one that is thrown.
    bool isPending = false;
    napi_is_exception_pending(env, &isPending);
    if (!isPending) napi_throw_error(env, code, text.c_str());
  };
  try {
    std::rethrow_exception(error);
  } catch (const PendingException&) {
  } catch (const c10::OutOfMemoryError& problem) {
    raise("OUT_OF_MEMORY", problem.what_without_backtrace());
  } catch (const c10::Error& problem) {
    const std::string text = problem.what_without_backtrace();
    // The allocator of the CPU has no type of its own for it.
    raise(text.find("can't allocate memory") == std::string::npos ? "TORCH" : "OUT_OF_MEMORY", text);
  } catch (const std::bad_alloc&) {
    raise("OUT_OF_MEMORY", "the process is out of memory");
  } catch (const std::exception& problem) {
    raise("TORCH", problem.what());
  }
}

namespace {

// runtimeVersion(): string, of the libtorch that is loaded ("2.13.0"); empty where its settings do not tell
napi_value runtimeVersion(napi_env env, napi_callback_info) {
  const std::string config = at::show_config();
  const std::string key = "TORCH_VERSION=";
  const size_t start = config.find(key);
  if (start == std::string::npos) return fromString(env, "");
  const size_t begin = start + key.size();
  return fromString(env, config.substr(begin, config.find_first_of(", \n", begin) - begin));
}

// setThreads(count): void, of operators on the CPU
napi_value setThreads(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  at::set_num_threads(static_cast<int>(toInteger(env, arguments[0])));
  return undefined(env);
}

// setDeterministic(isDeterministic): void; operators of a GPU that have no such version only warn
napi_value setDeterministic(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const bool isDeterministic = toBool(env, arguments[0]);
  at::globalContext().setDeterministicAlgorithms(isDeterministic, true);
  at::globalContext().setDeterministicFillUninitializedMemory(false);
  return undefined(env);
}

// cudaDevices(): number
napi_value cudaDevices(napi_env env, napi_callback_info) {
  return fromNumber(env, static_cast<double>(at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0));
}

// cpuHas(capability): boolean, such as "avx512_bf16"
napi_value cpuHas(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const auto capabilities = at::cpu::get_cpu_capabilities();
  const auto found = capabilities.find(toString(env, arguments[0]));
  return fromBool(env, found != capabilities.end() && found->second.isBool() && found->second.toBool());
}

void dropState(napi_env, void* state, void*) { delete static_cast<State*>(state); }

napi_value initialize(napi_env env, napi_value exports) {
  check(napi_set_instance_data(env, new State(), dropState, nullptr));
  check(napi_set_named_property(env, exports, "builtFor", fromString(env, TORCH_VERSION)));
  define<runtimeVersion>(env, exports, "runtimeVersion");
  define<setThreads>(env, exports, "setThreads");
  define<setDeterministic>(env, exports, "setDeterministic");
  define<cudaDevices>(env, exports, "cudaDevices");
  define<cpuHas>(env, exports, "cpuHas");
  defineData(env, exports);
  defineCall(env, exports);
  defineAutograd(env, exports);
  defineMemory(env, exports);
  defineKernels(env, exports);
  return exports;
}

}  // namespace
}  // namespace lavis

NAPI_MODULE_INIT() { return lavis::initialize(env, exports); }
