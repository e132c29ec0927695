{
  "targets": [
    {
      "target_name": "lavis_shm",
      "sources": ["shm.c", "group.c", "calls.c", "sums.c", "platform.c"],
      "defines": ["NAPI_VERSION=8", "_GNU_SOURCE"],
      "cflags": ["-O3", "-std=gnu11", "-Wall", "-Wextra"],
      "cflags!": ["-O2"],
      "libraries": ["-pthread"],
      "xcode_settings": {
        "GCC_C_LANGUAGE_STANDARD": "gnu11",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
      },
    },
  ],
}
