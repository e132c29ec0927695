// The addon's entry: its state for each environment, the library's version and settings, and errors.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Exception.h>
#include <torch/headeronly/version.h>

#include <cstdlib>

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
  } catch (...) {
    raise("TORCH", "an error that is no exception of C++'s");
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

// exact(): void, makes a GPU compute the same every time, and float32 in float32
napi_value exact(napi_env env, napi_callback_info) {
#if !defined(_WIN32)
  // Of the process itself: a worker thread's own environment is a copy.
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
#endif
  at::globalContext().setDeterministicAlgorithms(true, false);
  at::globalContext().setDeterministicFillUninitializedMemory(false);
  at::globalContext().setAllowTF32CuDNN(false);
  return undefined(env);
}

// cudaDevices(): number
napi_value cudaDevices(napi_env env, napi_callback_info) {
  return fromNumber(env, static_cast<double>(at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0));
}

void dropState(napi_env, void* state, void*) { delete static_cast<State*>(state); }

napi_value initialize(napi_env env, napi_value exports) {
  check(napi_set_instance_data(env, new State(), dropState, nullptr));
  check(napi_set_named_property(env, exports, "builtFor", fromString(env, TORCH_VERSION)));
  define<runtimeVersion>(env, exports, "runtimeVersion");
  define<setThreads>(env, exports, "setThreads");
  define<exact>(env, exports, "exact");
  define<cudaDevices>(env, exports, "cudaDevices");
  defineData(env, exports);
  defineDistributed(env, exports);
  defineCall(env, exports);
  defineAutograd(env, exports);
  defineMemory(env, exports);
  defineIndices(env, exports);
  defineLayers(env, exports);
  defineRandom(env, exports);
  return exports;
}

}  // namespace
}  // namespace lavis

NAPI_MODULE_INIT() {
  try {
    return lavis::initialize(env, exports);
  } catch (...) {
    lavis::throwToJavaScript(env, std::current_exception());
    return nullptr;
  }
}
