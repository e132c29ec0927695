// The addon as one unit: reading libtorch's headers is most of what compiling takes, and each unit reads them again.
#include "autograd.cc"
#include "call.cc"
#include "data.cc"
#include "indices.cc"
#include "layers.cc"
#include "memory.cc"
#include "module.cc"
#include "random.cc"
