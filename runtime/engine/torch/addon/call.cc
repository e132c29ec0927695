// One generic call: any operator of libtorch's dispatcher, its arguments converted as its schema says.
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "addon.h"

namespace lavis {
namespace {

enum class Kind {
  tensor,
  optionalTensor,
  tensors,
  optionalTensors,
  integer,
  integers,
  number,
  numbers,
  boolean,
  scalar,
  text,
  device,
  // A type that is only ever left out (a generator, a layout): its default stands.
  none,
};

struct Parameter {
  Kind kind;
  bool isOptional;
  std::optional<c10::IValue> byDefault;
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
};

// Operators are looked up once and called by number, by each thread for itself.
thread_local std::vector<Operator> operators;

Kind kindOf(const c10::TypePtr& type, const std::string& op) {
  using c10::TypeKind;
  switch (type->kind()) {
    case TypeKind::TensorType:
      return Kind::tensor;
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      return Kind::integer;
    case TypeKind::FloatType:
      return Kind::number;
    case TypeKind::BoolType:
      return Kind::boolean;
    case TypeKind::NumberType:
      return Kind::scalar;
    case TypeKind::StringType:
      return Kind::text;
    case TypeKind::DeviceObjType:
      return Kind::device;
    case TypeKind::ListType: {
      const auto element = type->castRaw<c10::ListType>()->getElementType();
      switch (element->kind()) {
        case TypeKind::TensorType:
          return Kind::tensors;
        case TypeKind::OptionalType:
          return Kind::optionalTensors;
        case TypeKind::IntType:
        case TypeKind::SymIntType:
          return Kind::integers;
        case TypeKind::FloatType:
          return Kind::numbers;
        default:
          break;
      }
      break;
    }
    case TypeKind::GeneratorType:
    case TypeKind::LayoutType:
    case TypeKind::MemoryFormatType:
      return Kind::none;
    default:
      break;
  }
  throw std::runtime_error(op + ": arguments of type " + type->str() + " are not supported");
}

Parameter parameterOf(const c10::Argument& argument, const std::string& op) {
  const auto optional = argument.type()->cast<c10::OptionalType>();
  const auto type = optional ? optional->getElementType() : argument.type();
  Kind kind = kindOf(type, op);
  if (optional && kind == Kind::tensor) kind = Kind::optionalTensor;
  return {kind, optional != nullptr, argument.default_value()};
}

// op(name: string, overload: string): number
napi_value findOperator(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const std::string name = toString(env, arguments[0]);
  const std::string overload = toString(env, arguments[1]);
  const auto found = c10::Dispatcher::singleton().findSchema({name, overload});
  if (!found) {
    const std::string shown = overload.empty() ? name : name + "." + overload;
    throw std::runtime_error("this libtorch has no operator " + shown);
  }
  Operator op{*found, {}};
  for (const auto& argument : found->schema().arguments()) op.parameters.push_back(parameterOf(argument, name));
  operators.push_back(std::move(op));
  return fromNumber(env, static_cast<double>(operators.size() - 1));
}

// JavaScript does not tell 1.0 from 1: integers are integer scalars, which leave a tensor's type alone.
c10::IValue toScalar(napi_env env, napi_value value) {
  const double number = toNumber(env, value);
  if (!(std::abs(number) < 9007199254740992.0) || (number == 0 && std::signbit(number))) return number;
  const auto integer = static_cast<int64_t>(number);
  if (static_cast<double>(integer) == number) return integer;
  return number;
}

c10::IValue toArgument(napi_env env, napi_value value, const Parameter& parameter) {
  if (parameter.kind == Kind::tensor || parameter.kind == Kind::optionalTensor) {
    // The commonest by far, without asking for its type first.
    uint32_t handle = 0;
    if (napi_get_value_uint32(env, value, &handle) == napi_ok) return State::of(env).tensor(handle);
  }
  napi_valuetype type;
  check(napi_typeof(env, value, &type));
  if (type == napi_undefined || type == napi_null) {
    if (parameter.byDefault) return *parameter.byDefault;
    if (parameter.isOptional) return {};
    throw std::runtime_error("a required argument is missing");
  }
  switch (parameter.kind) {
    case Kind::tensors: {
      c10::List<at::Tensor> list;
      forEach(env, value, [&](napi_value element) { list.push_back(toTensor(env, element)); });
      return list;
    }
    case Kind::optionalTensors: {
      c10::List<std::optional<at::Tensor>> list;
      forEach(env, value, [&](napi_value element) {
        const uint32_t handle = toHandle(env, element);
        list.push_back(handle == 0 ? std::nullopt : std::make_optional(State::of(env).tensor(handle)));
      });
      return list;
    }
    case Kind::integer:
      return toInteger(env, value);
    case Kind::integers:
      return toIntegers(env, value);
    case Kind::number:
      return toNumber(env, value);
    case Kind::numbers: {
      c10::List<double> list;
      forEach(env, value, [&](napi_value element) { list.push_back(toNumber(env, element)); });
      return list;
    }
    case Kind::boolean:
      return toBool(env, value);
    case Kind::scalar:
      return toScalar(env, value);
    case Kind::text:
      return toString(env, value);
    case Kind::device:
      return c10::Device(toString(env, value));
    case Kind::tensor:
    case Kind::optionalTensor:
    case Kind::none:
      break;
  }
  throw std::runtime_error("an argument is not what the operator takes");
}

constexpr size_t mostArguments = 20;

// The operator's results are left on the returned stack.
torch::jit::Stack invoke(napi_env env, napi_callback_info info) {
  State::of(env).abandoned()->deleteAll(env);
  const Arguments<mostArguments + 1> arguments(env, info);
  const auto index = static_cast<size_t>(toInteger(env, arguments[0]));
  const Operator& op = operators.at(index);
  if (arguments.count > op.parameters.size() + 1) {
    throw std::runtime_error(toString(op.handle.operator_name()) + ": too many arguments are given");
  }
  torch::jit::Stack stack;
  stack.reserve(op.parameters.size());
  for (size_t i = 0; i < op.parameters.size(); i++) {
    const Parameter& parameter = op.parameters[i];
    if (i + 1 < arguments.count) {
      stack.push_back(toArgument(env, arguments[i + 1], parameter));
    } else if (parameter.byDefault) {
      stack.push_back(*parameter.byDefault);
    } else if (parameter.isOptional) {
      stack.emplace_back();
    } else {
      throw std::runtime_error(toString(op.handle.operator_name()) + ": too few arguments are given");
    }
  }
  op.handle.callBoxed(stack);
  return stack;
}

// call(op: number, ...arguments): number, the handle of the first result, which is a tensor
napi_value call(napi_env env, napi_callback_info info) {
  torch::jit::Stack stack = invoke(env, info);
  return fromHandle(env, State::of(env).hold(std::move(stack.front()).toTensor()));
}

// callAll(op: number, ...arguments): number[], the handles of all results: several tensors, or one list of them
napi_value callAll(napi_env env, napi_callback_info info) {
  torch::jit::Stack stack = invoke(env, info);
  std::vector<at::Tensor> results;
  for (c10::IValue& value : stack) {
    if (value.isTensorList()) {
      for (const at::Tensor& tensor : value.toTensorVector()) results.push_back(tensor);
    } else {
      results.push_back(std::move(value).toTensor());
    }
  }
  napi_value handles;
  check(napi_create_array_with_length(env, results.size(), &handles));
  for (uint32_t i = 0; i < results.size(); i++) {
    check(napi_set_element(env, handles, i, fromHandle(env, State::of(env).hold(std::move(results[i])))));
  }
  return handles;
}

// run(op: number, ...arguments): void, for operators that work in place
napi_value run(napi_env env, napi_callback_info info) {
  invoke(env, info);
  return undefined(env);
}

}  // namespace

void defineCall(napi_env env, napi_value exports) {
  define<findOperator>(env, exports, "op");
  define<call>(env, exports, "call");
  define<callAll>(env, exports, "callAll");
  define<run>(env, exports, "run");
}

}  // namespace lavis
