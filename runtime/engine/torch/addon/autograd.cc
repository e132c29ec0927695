// libtorch's automatic differentiation and mixed precision.
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <c10/core/AutogradState.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "addon.h"

namespace lavis {
namespace {

using torch::autograd::Variable;
using torch::autograd::variable_list;

// What a JavaScript function threw inside a backward pass, on its way out of libtorch.
thread_local napi_ref thrown = nullptr;

// A function of JavaScript that a graph holds.
struct Callback : torch::CustomClassHolder {
  Callback(napi_env env, napi_ref function) : env(env), function(function), abandoned(State::of(env).abandoned()) {}
  ~Callback() override { abandoned->add(function); }

  napi_env env;
  napi_ref function;
  std::shared_ptr<AbandonedReferences> abandoned;
};

// Calls a function of JavaScript inside a backward pass. What it throws is kept for the pass's end.
template <size_t Count>
napi_value callBack(napi_env env, napi_value function, const napi_value (&arguments)[Count]) {
  napi_value returned = nullptr;
  if (napi_call_function(env, undefined(env), function, Count, arguments, &returned) == napi_ok) return returned;
  napi_value error;
  check(napi_get_and_clear_last_exception(env, &error));
  // Only objects can be referenced.
  napi_valuetype type;
  check(napi_typeof(env, error, &type));
  if (type != napi_object) {
    napi_value text;
    check(napi_coerce_to_string(env, error, &text));
    check(napi_create_error(env, nullptr, text, &error));
  }
  check(napi_create_reference(env, error, 1, &thrown));
  throw std::runtime_error("a function of JavaScript threw in a backward pass");
}

// The handles of JavaScript's that are made while it is there.
struct HandleScope {
  explicit HandleScope(napi_env env) : env(env) { check(napi_open_handle_scope(env, &scope)); }
  ~HandleScope() { napi_close_handle_scope(env, scope); }
  HandleScope(const HandleScope&) = delete;

  napi_env env;
  napi_handle_scope scope;
};

// Calls backward(dy, inputs) and takes the gradients out of the handles that it returns.
variable_list callBackward(const Callback& callback, const at::Tensor& dy, const variable_list& inputs) {
  napi_env env = callback.env;
  State& state = State::of(env);
  napi_value arguments[2];
  arguments[0] = fromHandle(env, state.hold(dy));
  check(napi_create_array_with_length(env, inputs.size(), &arguments[1]));
  for (uint32_t i = 0; i < inputs.size(); i++) {
    check(napi_set_element(env, arguments[1], i, fromHandle(env, state.hold(inputs[i]))));
  }
  napi_value function;
  check(napi_get_reference_value(env, callback.function, &function));
  const napi_value returned = callBack(env, function, arguments);
  variable_list gradients;
  forEach(env, returned, [&](napi_value element) {
    const uint32_t handle = toHandle(env, element);
    gradients.push_back(handle == 0 ? Variable() : state.tensor(handle));
    if (handle != 0) state.release(handle);
  });
  return gradients;
}

// A value as a function of inputs that a function of JavaScript computes the gradients of.
struct JavaScriptFunction : torch::autograd::Function<JavaScriptFunction> {
  static at::Tensor forward(
      torch::autograd::AutogradContext* context,
      at::TensorList inputs,
      const at::Tensor* value,
      const c10::intrusive_ptr<Callback>& callback) {
    context->save_for_backward(inputs.vec());
    context->saved_data["backward"] = c10::IValue::make_capsule(callback);
    return value->detach();
  }

  static variable_list backward(torch::autograd::AutogradContext* context, const variable_list& gradients) {
    const variable_list inputs = context->get_saved_variables();
    const auto capsule = context->saved_data["backward"].toCapsule();
    const auto& callback = static_cast<const Callback&>(*capsule);
    const HandleScope scope(callback.env);
    variable_list results = callBackward(callback, gradients[0], inputs);
    // The arguments that are no tensors have no gradients.
    results.resize(inputs.size() + 2);
    return results;
  }
};

// parameter(handle): void, makes the tensor a leaf that gradients are wanted for
napi_value parameter(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  toTensor(env, arguments[0]).requires_grad_(true);
  return undefined(env);
}

// requiresGrad(handle): boolean
napi_value requiresGrad(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return fromBool(env, toTensor(env, arguments[0]).requires_grad());
}

// setGrad(isEnabled): void
napi_value setGrad(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  c10::GradMode::set_enabled(toBool(env, arguments[0]));
  return undefined(env);
}

// setAutocast(device, type): void; type uint8 switches it off. Remembered casts of parameters are forgotten.
napi_value setAutocast(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const c10::DeviceType device = c10::Device(toString(env, arguments[0])).type();
  const auto type = static_cast<at::ScalarType>(toInteger(env, arguments[1]));
  const bool isEnabled = type != at::kByte;
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device, isEnabled);
  at::autocast::set_autocast_cache_enabled(true);
  if (isEnabled) at::autocast::set_autocast_dtype(device, type);
  return undefined(env);
}

at::Tensor copyOf(const at::Tensor& gradient) {
  return gradient.detach().to(at::kFloat).clone(at::MemoryFormat::Contiguous);
}

// Memory that nobody else sees, so that gradients may be changed in place: libtorch hands one tensor to several
// parameters, and expanded ones. `holders` are known to be done with it.
at::Tensor separate(const at::Tensor& gradient, size_t holders) {
  const bool isAlone = gradient.use_count() == holders && gradient.storage().use_count() == 1 &&
                       gradient.is_contiguous() && gradient.scalar_type() == at::kFloat;
  return isAlone ? gradient : copyOf(gradient);
}

// What is called with the gradients of a node's outputs when they are complete.
struct GradientHook : torch::autograd::FunctionPreHook {
  using Receive = std::function<variable_list(const variable_list&)>;
  explicit GradientHook(Receive receive) : receive(std::move(receive)) {}
  variable_list operator()(const variable_list& gradients) override { return receive(gradients); }
  Receive receive;
};

// Hooks on a graph for one pass through it. Those of leaves would stay.
class Hooks {
 public:
  Hooks() = default;
  Hooks(const Hooks&) = delete;
  ~Hooks() {
    for (const auto& [edge, hook] : added_) {
      auto& hooks = edge.function->tensor_pre_hooks();
      const auto isIt = [hook = hook](const auto& other) { return other.get() == hook; };
      hooks.erase(std::remove_if(hooks.begin(), hooks.end(), isIt), hooks.end());
    }
  }

  void add(const torch::autograd::Edge& edge, GradientHook::Receive receive) {
    auto hook = std::make_unique<GradientHook>(std::move(receive));
    added_.emplace_back(edge, hook.get());
    edge.function->tensor_pre_hooks().push_back(std::move(hook));
  }

 private:
  std::vector<std::pair<torch::autograd::Edge, torch::autograd::FunctionPreHook*>> added_;
};

// Gradients in this thread: a function of JavaScript can run in no other, on a GPU either.
variable_list gradHere(const variable_list& outputs, const variable_list& inputs, const variable_list& seeds) {
  auto& modes = c10::AutogradState::get_tls_state();
  const bool isMultithreaded = modes.get_multithreading_enabled();
  modes.set_multithreading_enabled(false);
  try {
    variable_list gradients = torch::autograd::grad(outputs, inputs, seeds, false, false, true);
    modes.set_multithreading_enabled(isMultithreaded);
    return gradients;
  } catch (...) {
    modes.set_multithreading_enabled(isMultithreaded);
    throw;
  }
}

// How often this libtorch holds a leaf's gradient that nothing else does when its hooks are called.
size_t holdersAtLeaf() {
  static const size_t holders = [] {
    const at::AutoGradMode recorded(true);
    const at::Tensor leaf = at::ones({1}).requires_grad_(true);
    size_t found = 0;
    Hooks hooks;
    hooks.add(torch::autograd::impl::gradient_edge(leaf), [&](const variable_list& gradients) {
      found = gradients[0].use_count();
      return gradients;
    });
    gradHere({leaf.exp().sum()}, {leaf}, {});
    return found;
  }();
  return holders;
}

// Adds hooks that tell JavaScript the gradients of `inputs` as soon as they are complete, and mark those in `isTold`.
void tellGradients(
    napi_env env,
    napi_value onGradient,
    const variable_list& inputs,
    std::vector<bool>& isTold,
    Hooks& hooks) {
  const size_t holders = holdersAtLeaf();
  std::unordered_map<torch::autograd::Edge, std::vector<uint32_t>> places;
  for (uint32_t i = 0; i < inputs.size(); i++) {
    places[torch::autograd::impl::gradient_edge(inputs[i])].push_back(i);
  }
  for (const auto& [edge, indices] : places) {
    const bool isLeaf = inputs[indices.front()].is_leaf();
    hooks.add(edge, [=, &isTold, output = edge.input_nr, indices = indices](const variable_list& gradients) {
      const at::Tensor& gradient = gradients[output];
      if (!gradient.defined()) return gradients;
      const HandleScope scope(env);
      // Nothing but these hooks wants a leaf's gradient; that of another tensor goes on through the graph.
      variable_list own{isLeaf ? separate(gradient, holders) : copyOf(gradient)};
      while (own.size() < indices.size()) own.push_back(copyOf(gradient));
      for (size_t i = 0; i < indices.size(); i++) {
        isTold[indices[i]] = true;
        const uint32_t handle = State::of(env).hold(std::move(own[i]));
        callBack(env, onGradient, {fromHandle(env, indices[i]), fromHandle(env, handle)});
      }
      variable_list left = gradients;
      if (isLeaf) left[output] = Variable();
      return left;
    });
  }
}

bool isUndefined(napi_env env, napi_value value) {
  napi_valuetype type;
  check(napi_typeof(env, value, &type));
  return type == napi_undefined;
}

// grad(outputs: handles, inputs: handles, seeds: handles, onGradient?): handles, 0 where an output does not depend on
// an input. Without seeds the outputs have one element each. onGradient(index, gradient: handle) is called for each
// gradient as soon as it is complete, takes the handle over, and leaves 0 in its place.
napi_value grad(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  State& state = State::of(env);
  state.abandoned()->deleteAll(env);
  const variable_list outputs = toTensors(env, arguments[0]);
  const variable_list inputs = toTensors(env, arguments[1]);
  const variable_list seeds = toTensors(env, arguments[2]);
  std::vector<bool> isTold(inputs.size(), false);
  variable_list gradients;
  try {
    Hooks hooks;
    if (!isUndefined(env, arguments[3])) tellGradients(env, arguments[3], inputs, isTold, hooks);
    gradients = gradHere(outputs, inputs, seeds);
  } catch (...) {
    if (thrown == nullptr) throw;
    napi_value error;
    check(napi_get_reference_value(env, thrown, &error));
    napi_delete_reference(env, thrown);
    thrown = nullptr;
    check(napi_throw(env, error));
    throw PendingException{};
  }
  napi_value handles;
  check(napi_create_array_with_length(env, gradients.size(), &handles));
  for (uint32_t i = 0; i < gradients.size(); i++) {
    uint32_t handle = 0;
    if (gradients[i].defined() && !isTold[i]) handle = state.hold(separate(gradients[i], 1));
    check(napi_set_element(env, handles, i, fromHandle(env, handle)));
  }
  return handles;
}

// withBackward(value: handle, inputs: handles, backward): number, the value as a function of the inputs.
// backward(dy: handle, inputs: handles): handles, the gradients, 0 for none. It frees the handles that it gets; those
// that it returns are taken over.
napi_value withBackward(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const at::Tensor value = toTensor(env, arguments[0]);
  const variable_list inputs = toTensors(env, arguments[1]);
  napi_ref reference;
  check(napi_create_reference(env, arguments[2], 1, &reference));
  const auto callback = c10::make_intrusive<Callback>(env, reference);
  return fromHandle(env, State::of(env).hold(JavaScriptFunction::apply(at::TensorList(inputs), &value, callback)));
}

}  // namespace

void defineAutograd(napi_env env, napi_value exports) {
  define<parameter>(env, exports, "parameter");
  define<requiresGrad>(env, exports, "requiresGrad");
  define<setGrad>(env, exports, "setGrad");
  define<setAutocast>(env, exports, "setAutocast");
  define<grad>(env, exports, "grad");
  define<withBackward>(env, exports, "withBackward");
}

}  // namespace lavis
