// libtorch's wheels hold its header of the gloo process group, but not gloo's own, which that one includes. These say
// no more than it needs to compile: nothing of gloo's is made, called or laid out here, only pointed to.
#pragma once
