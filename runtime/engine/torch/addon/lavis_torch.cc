// The addon as one unit: reading libtorch's headers is most of what compiling takes, and each unit reads them again.
#include "autograd.cc"
#include "call.cc"
#include "data.cc"
#include "kernels.cc"
#include "memory.cc"
#include "module.cc"
