// What each kind of call does with the data. Where the data of all lies in memory that they share, they work on it
// in place; else it goes through the staging slots piece by piece, small enough to stay in the processor's cache.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "group.h"

// A piece is loaded while the one before is joined and the one before that may still be read.
#define PIECES 3
#define PIECE_BYTES (STAGING_BYTES / PIECES)

#define LINE 64
#define PAGE 4096

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t pieces_of(size_t bytes, size_t piece) { return (bytes + piece - 1) / piece; }

static unsigned char* staged(const Group* group, int rank, size_t piece) {
  return group_staging(group, rank) + piece % PIECES * PIECE_BYTES;
}

// Where a rank's data lies in this process; NULL where it is in memory of its own.
static unsigned char* shared_data(const Group* group, int rank) {
  const Posted* posted = group_posted(group, rank);
  if (posted->segment == 0) return NULL;
  const Segment* segment = group->segments[posted->segment - 1];
  return segment->base + (size_t)rank * segment->slot + posted->offset;
}

static bool is_all_shared(const Group* group) {
  for (int rank = 0; rank < group->size; rank++) {
    if (shared_data(group, rank) == NULL) return false;
  }
  return true;
}

// Where the elements begin that a rank joins; whole cache lines, so that no two ranks write to one.
static size_t begin_of_part(const Group* group, int rank, size_t count) {
  if (rank == group->size) return count;
  return count * (size_t)rank / (size_t)group->size / (LINE / sizeof(float)) * (LINE / sizeof(float));
}

static bool all_reduce_in_place(Group* group, const Operation* operation) {
  const size_t count = operation->bytes / sizeof(float);
  for (int rank = 0; rank < group->size; rank++) {
    group->targets[rank] = (float*)shared_data(group, rank);
    group->sources[rank] = group->targets[rank];
  }
  reduce_range(
      operation->reduction, group->sources, group->size, group->targets, group->size,
      begin_of_part(group, group->rank, count), begin_of_part(group, group->rank + 1, count));
  return group_step(group);
}

// Each rank joins its part of every piece, and the others take it out of its slot.
static bool all_reduce_staged(Group* group, const Operation* operation) {
  const size_t pieces = pieces_of(operation->bytes, PIECE_BYTES);
  size_t bytes_before = 0;
  for (size_t i = 0; i <= pieces; i++) {
    const size_t offset = i * PIECE_BYTES;
    const size_t bytes = i < pieces ? least(PIECE_BYTES, operation->bytes - offset) : 0;
    memcpy(staged(group, group->rank, i), operation->data + (bytes > 0 ? offset : 0), bytes);
    if (i == 0) {
      if (!group_step(group)) return false;
      bytes_before = bytes;
      continue;
    }
    unsigned char* const data = operation->data + offset - PIECE_BYTES;
    const size_t count = bytes_before / sizeof(float);
    for (int rank = 0; rank < group->size; rank++) group->sources[rank] = (float*)staged(group, rank, i - 1);
    group->targets[0] = (float*)staged(group, group->rank, i - 1);
    group->targets[1] = (float*)data;
    reduce_range(
        operation->reduction, group->sources, group->size, group->targets, 2,
        begin_of_part(group, group->rank, count), begin_of_part(group, group->rank + 1, count));
    if (!group_step(group)) return false;
    for (int rank = 0; rank < group->size; rank++) {
      if (rank == group->rank) continue;
      const size_t begin = begin_of_part(group, rank, count) * sizeof(float);
      const size_t end = begin_of_part(group, rank + 1, count) * sizeof(float);
      memcpy(data + begin, staged(group, rank, i - 1) + begin, end - begin);
    }
    bytes_before = bytes;
  }
  return true;
}

static bool all_reduce(Group* group, const Operation* operation) {
  if (operation->bytes == 0) return true;
  return is_all_shared(group) ? all_reduce_in_place(group, operation) : all_reduce_staged(group, operation);
}

static bool reduce_scatter_in_place(Group* group, const Operation* operation) {
  const size_t part = operation->bytes / (size_t)group->size;
  for (int rank = 0; rank < group->size; rank++) {
    group->sources[rank] = (float*)(shared_data(group, rank) + (size_t)group->rank * part);
  }
  group->targets[0] = (float*)operation->output;
  reduce_range(operation->reduction, group->sources, group->size, group->targets, 1, 0, part / sizeof(float));
  return group_step(group);
}

// A piece holds a little of every rank's part.
static bool reduce_scatter_staged(Group* group, const Operation* operation) {
  const size_t part = operation->bytes / (size_t)group->size;
  const size_t little = PIECE_BYTES / (size_t)group->size / LINE * LINE;
  for (size_t i = 0; i < pieces_of(part, little); i++) {
    const size_t offset = i * little;
    const size_t bytes = least(little, part - offset);
    for (int rank = 0; rank < group->size; rank++) {
      memcpy(
          staged(group, group->rank, i) + (size_t)rank * little,
          operation->data + (size_t)rank * part + offset, bytes);
    }
    if (!group_step(group)) return false;
    for (int rank = 0; rank < group->size; rank++) {
      group->sources[rank] = (float*)(staged(group, rank, i) + (size_t)group->rank * little);
    }
    group->targets[0] = (float*)(operation->output + offset);
    reduce_range(operation->reduction, group->sources, group->size, group->targets, 1, 0, bytes / sizeof(float));
  }
  return true;
}

static bool reduce_scatter(Group* group, const Operation* operation) {
  if (operation->bytes == 0) return true;
  return is_all_shared(group) ? reduce_scatter_in_place(group, operation)
                              : reduce_scatter_staged(group, operation);
}

static bool broadcast(Group* group, const Operation* operation) {
  if (operation->bytes == 0) return true;
  const bool is_root = group->rank == operation->root;
  const unsigned char* source = shared_data(group, operation->root);
  if (source != NULL) {
    if (!is_root) memcpy(operation->data, source, operation->bytes);
    return group_step(group);
  }
  for (size_t i = 0; i < pieces_of(operation->bytes, PIECE_BYTES); i++) {
    unsigned char* const data = operation->data + i * PIECE_BYTES;
    unsigned char* const slot = staged(group, operation->root, i);
    const size_t bytes = least(PIECE_BYTES, operation->bytes - i * PIECE_BYTES);
    if (is_root) memcpy(slot, data, bytes);
    if (!group_step(group)) return false;
    if (!is_root) memcpy(data, slot, bytes);
  }
  return true;
}

static bool all_gather(Group* group, const Operation* operation) {
  if (operation->bytes == 0) return true;
  if (is_all_shared(group)) {
    for (int rank = 0; rank < group->size; rank++) {
      memcpy(operation->output + (size_t)rank * operation->bytes, shared_data(group, rank), operation->bytes);
    }
    return group_step(group);
  }
  for (size_t i = 0; i < pieces_of(operation->bytes, PIECE_BYTES); i++) {
    const size_t offset = i * PIECE_BYTES;
    const size_t bytes = least(PIECE_BYTES, operation->bytes - offset);
    memcpy(staged(group, group->rank, i), operation->data + offset, bytes);
    if (!group_step(group)) return false;
    for (int rank = 0; rank < group->size; rank++) {
      memcpy(operation->output + (size_t)rank * operation->bytes + offset, staged(group, rank, i), bytes);
    }
  }
  return true;
}

// Tells the others how this rank's first or second part in an allocation went, and learns of theirs.
static bool agree(Group* group, int part, int error) {
  group->control->places[group->rank].errors[part] = error;
  if (!group_step(group)) return false;
  for (int rank = 0; rank < group->size; rank++) {
    const int theirs = group->control->places[rank].errors[part];
    if (theirs != 0) return group_fail(group, FAILURE_SYSTEM, rank, theirs);
  }
  return true;
}

// Maps a segment and adds it to the group's; returns what the operating system says.
static int add_segment(Group* group, int file, size_t slot) {
  Segment* segment = calloc(1, sizeof *segment);
  Segment** segments = realloc(group->segments, (group->segment_count + 1) * sizeof *segments);
  if (segments != NULL) group->segments = segments;
  if (segment == NULL || segments == NULL) {
    free(segment);
    return ENOMEM;
  }
  segment->slot = slot;
  segment->bytes = slot * (size_t)group->size;
  segment->base = shared_map(file, segment->bytes);
  if (segment->base == NULL) {
    const int error = errno;
    free(segment);
    return error;
  }
  atomic_store(&segment->references, 1);
  segments[group->segment_count++] = segment;
  return 0;
}

// Rank 0 makes the memory, the others open it, and when all have it, it has no name any more.
static bool allocate(Group* group, const Operation* operation) {
  const size_t slot = (operation->bytes / PAGE + 1) * PAGE;
  const bool is_maker = group->rank == 0;
  char* path = group->control->path;
  int file = -1;
  int error = 0;
  if (is_maker) {
    // Where there is not enough, reserving it would make the kernel end processes before it gave an error.
    if (slot > operation->available / (size_t)group->size) error = ENOMEM;
    else if ((file = shared_create(slot * (size_t)group->size, path)) < 0) error = errno;
  }
  bool is_agreed = agree(group, 0, error);
  if (is_agreed) {
    if (!is_maker) file = shared_open(path);
    is_agreed = agree(group, 1, file < 0 ? errno : add_segment(group, file, slot));
  }
  if (file >= 0) {
    if (is_maker) shared_hide(path);
    close(file);
  }
  return is_agreed;
}

static void post(Group* group, const Operation* operation) {
  Posted* posted = group_posted(group, group->rank);
  memcpy(posted->call, operation->call, CALL_BYTES);
  posted->segment = 0;
  posted->offset = 0;
  for (size_t i = 0; i < group->segment_count && posted->segment == 0; i++) {
    const Segment* segment = group->segments[i];
    const unsigned char* slot = segment->base + (size_t)group->rank * segment->slot;
    if (operation->data < slot || operation->data >= slot + segment->slot) continue;
    posted->segment = i + 1;
    posted->offset = (uint64_t)(operation->data - slot);
  }
}

static bool is_same_call(Group* group) {
  const unsigned char* own = group_posted(group, group->rank)->call;
  bool is_same = true;
  for (int rank = 0; rank < group->size; rank++) {
    const unsigned char* call = group_posted(group, rank)->call;
    memcpy(group->calls_seen + (size_t)rank * CALL_BYTES, call, CALL_BYTES);
    if (memcmp(own, call, CALL_BYTES) != 0) is_same = false;
  }
  return is_same || group_fail(group, FAILURE_OUT_OF_STEP, group->rank, 0);
}

bool call_run(Group* group, const Operation* operation) {
  group->calls++;
  post(group, operation);
  atomic_store(&group->control->places[group->rank].come_to, operation->sequence + 1);
  if (!group_step(group) || !is_same_call(group)) return false;
  switch (operation->kind) {
    case CALL_ALL_REDUCE:
      return all_reduce(group, operation);
    case CALL_BROADCAST:
      return broadcast(group, operation);
    case CALL_ALL_GATHER:
      return all_gather(group, operation);
    case CALL_REDUCE_SCATTER:
      return reduce_scatter(group, operation);
    case CALL_BARRIER:
      return true;
    case CALL_ALLOCATE:
      return allocate(group, operation);
  }
  return true;
}
