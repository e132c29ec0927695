#include "sums.h"

#include <stdint.h>
#include <string.h>

// One binary that uses what the processor has; where there are no such clones, the compiler's own choice is 128 bits.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTORIZED
#endif

// A cache line: as many registers as the processor needs for it.
#define LINE 64
#define WIDTH (LINE / sizeof(float))
typedef float Floats __attribute__((vector_size(LINE)));
typedef int32_t Integers __attribute__((vector_size(LINE)));

// All sources are read and all targets written in one pass, through registers: what is joined is read from memory
// once, and written to lines that the caches have just read.
VECTORIZED static void sum_range(
    const float* const* sources,
    int count,
    float* const* targets,
    int target_count,
    size_t begin,
    size_t end,
    float factor) {
  size_t at = begin;
  for (; end - at >= WIDTH; at += WIDTH) {
    Floats sum;
    memcpy(&sum, sources[0] + at, LINE);
    for (int i = 1; i < count; i++) {
      Floats next;
      memcpy(&next, sources[i] + at, LINE);
      sum += next;
    }
    sum *= factor;
    for (int i = 0; i < target_count; i++) memcpy(targets[i] + at, &sum, LINE);
  }
  for (; at < end; at++) {
    float sum = sources[0][at];
    for (int i = 1; i < count; i++) sum += sources[i][at];
    for (int i = 0; i < target_count; i++) targets[i][at] = sum * factor;
  }
}

// What is no number wins.
VECTORIZED static void max_range(
    const float* const* sources, int count, float* const* targets, int target_count, size_t begin, size_t end) {
  size_t at = begin;
  for (; end - at >= WIDTH; at += WIDTH) {
    Floats most;
    memcpy(&most, sources[0] + at, LINE);
    for (int i = 1; i < count; i++) {
      Floats next;
      memcpy(&next, sources[i] + at, LINE);
      const Integers wins = (next > most) | (next != next);
      most = (Floats)((wins & (Integers)next) | (~wins & (Integers)most));
    }
    for (int i = 0; i < target_count; i++) memcpy(targets[i] + at, &most, LINE);
  }
  for (; at < end; at++) {
    float most = sources[0][at];
    for (int i = 1; i < count; i++) {
      const float next = sources[i][at];
      if (next > most || next != next) most = next;
    }
    for (int i = 0; i < target_count; i++) targets[i][at] = most;
  }
}

void reduce_range(
    Reduction reduction,
    const float* const* sources,
    int count,
    float* const* targets,
    int target_count,
    size_t begin,
    size_t end) {
  if (reduction == REDUCE_MAX) {
    max_range(sources, count, targets, target_count, begin, end);
  } else {
    const float factor = reduction == REDUCE_MEAN ? 1.0f / (float)count : 1.0f;
    sum_range(sources, count, targets, target_count, begin, end, factor);
  }
}
