{
  # `node-gyp rebuild --torch_folder=DIR`: DIR holds libtorch's lib/ and include/. The addon looks for the
  # libraries in --torch_runpath, which is relative to itself where both lie in a cache that may be moved.
  "variables": {
    "torch_folder%": "",
    "torch_runpath%": "<(torch_folder)/lib",
  },
  "targets": [
    {
      "target_name": "lavis_torch",
      "sources": ["lavis_torch.cc"],
      "include_dirs": [
        "<(torch_folder)/include",
        "<(torch_folder)/include/torch/csrc/api/include",
        "stubs",
        "<!@(node c10d.mjs includes \"<(torch_folder)\")",
      ],
      "defines": ["NAPI_VERSION=8", "<!@(node c10d.mjs defines \"<(torch_folder)\")"],
      "cflags": ["-O3", "-Wno-deprecated-declarations"],
      "cflags!": ["-O2"],
      "cflags_cc": ["-std=c++20", "-fexceptions", "-frtti"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20", "-std=gnu++1y"],
      "link_settings": {
        "libraries": ["-L<(torch_folder)/lib", "-ltorch", "-ltorch_cpu", "-lc10", "<!@(node c10d.mjs libraries \"<(torch_folder)\")"],
      },
      # now: a libtorch that lacks a symbol fails at once, in words; nodelete: libtorch keeps our allocator.
      "ldflags": ["-Wl,-rpath,<(torch_runpath)", "-Wl,--no-as-needed", "-Wl,-z,now", "-Wl,-z,nodelete"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_ENABLE_CPP_RTTI": "YES",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
        "OTHER_LDFLAGS": ["-Wl,-rpath,<(torch_runpath)"],
      },
    },
  ],
}
