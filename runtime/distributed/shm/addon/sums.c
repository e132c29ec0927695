#include "sums.h"

#include <string.h>

// One binary that uses what the processor has; where there are no such clones, the compiler's default is 128 bits.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTORIZED
#endif

// Elements that are joined before they are written: they stay in the first cache, and what is written to was read
// just before.
#define BLOCK 4096

VECTORIZED static void sum_first(
    float* restrict sum, const float* restrict a, const float* restrict b, size_t count, float factor) {
  for (size_t i = 0; i < count; i++) sum[i] = (a[i] + b[i]) * factor;
}

VECTORIZED static void sum_next(float* restrict sum, const float* restrict x, size_t count, float factor) {
  for (size_t i = 0; i < count; i++) sum[i] = (sum[i] + x[i]) * factor;
}

// What is no number wins.
static inline float larger(float a, float b) { return b > a || b != b ? b : a; }

VECTORIZED static void max_first(
    float* restrict most, const float* restrict a, const float* restrict b, size_t count) {
  for (size_t i = 0; i < count; i++) most[i] = larger(a[i], b[i]);
}

VECTORIZED static void max_next(float* restrict most, const float* restrict x, size_t count) {
  for (size_t i = 0; i < count; i++) most[i] = larger(most[i], x[i]);
}

void reduce_range(
    Reduction reduction,
    const float* const* sources,
    int count,
    float* const* targets,
    int target_count,
    size_t begin,
    size_t end) {
  _Alignas(64) float block[BLOCK];
  for (size_t at = begin; at < end; at += BLOCK) {
    const size_t length = end - at < BLOCK ? end - at : BLOCK;
    const float* joined = sources[0] + at;
    for (int i = 1; i < count; i++) {
      const float* next = sources[i] + at;
      const float factor = reduction == REDUCE_MEAN && i == count - 1 ? 1.0f / (float)count : 1.0f;
      if (reduction == REDUCE_MAX) {
        if (i == 1) max_first(block, joined, next, length);
        else max_next(block, next, length);
      } else {
        if (i == 1) sum_first(block, joined, next, length, factor);
        else sum_next(block, next, length, factor);
      }
      joined = block;
    }
    for (int i = 0; i < target_count; i++) {
      float* target = targets[i] + at;
      if (target != joined) memcpy(target, joined, length * sizeof *target);
    }
  }
}
