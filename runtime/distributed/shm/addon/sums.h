// Sums, means and maxima of float32 over the processes.
#pragma once

#include <stddef.h>

typedef enum { REDUCE_SUM, REDUCE_MEAN, REDUCE_MAX } Reduction;

// Joins the elements begin … end − 1 of `count` sources, always in their order, and writes the result to the same
// places of each target; targets may be sources.
void reduce_range(
    Reduction reduction,
    const float* const* sources,
    int count,
    float* const* targets,
    int target_count,
    size_t begin,
    size_t end);
