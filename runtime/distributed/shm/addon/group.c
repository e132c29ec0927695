#include "group.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// "lavisshm" and the version of the layout.
#define MAGIC (0x6c6176697373686dull + 1)

// How long a rank sleeps until it looks whether the others are still there.
#define SLICE_MILLISECONDS 50

#define PAGE 4096

static size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

static size_t header_bytes(int size) { return round_up(sizeof(Control) + (size_t)size * sizeof(Place), PAGE); }

static size_t control_bytes(int size) { return header_bytes(size) + (size_t)size * STAGING_BYTES; }

Posted* group_posted(const Group* group, int rank) {
  return &group->control->places[rank].posted[group->calls & 1];
}

unsigned char* group_staging(const Group* group, int rank) {
  return (unsigned char*)group->control + header_bytes(group->size) + (size_t)rank * STAGING_BYTES;
}

bool group_fail(Group* group, FailureKind kind, int rank, int error) {
  pthread_mutex_lock(&group->mutex);
  group->failure.kind = kind;
  group->failure.rank = rank;
  group->failure.error = error;
  pthread_mutex_unlock(&group->mutex);
  return false;
}

// Tells all ranks why they cannot go on, unless one has told them already.
static void publish(Control* control, FailureKind kind, int rank, const char* reason) {
  uint32_t none = 0;
  if (!atomic_compare_exchange_strong(&control->failure_state, &none, 1)) return;
  control->failure.kind = kind;
  control->failure.rank = rank;
  strncpy(control->failure.reason, reason, REASON_BYTES - 1);
  atomic_store(&control->failure_state, 2);
}

// Whether a rank has told that it cannot go on; this rank cannot then either.
static bool is_told(Group* group) {
  Control* control = group->control;
  if (atomic_load(&control->failure_state) != 2) return false;
  pthread_mutex_lock(&group->mutex);
  group->failure = control->failure;
  pthread_mutex_unlock(&group->mutex);
  return true;
}

static bool has_come(const Group* group, int rank, uint32_t step) {
  // A difference, as the count may wrap around.
  return (int32_t)(atomic_load(&group->control->places[rank].arrived.value) - step) >= 0;
}

// Whether a rank that was there has ended or left.
static bool is_gone(const Group* group, int rank) {
  const uint32_t presence = atomic_load(&group->control->places[rank].presence);
  return presence == LEFT || (presence == JOINED && !is_byte_held(group->file, rank));
}

// Whether a rank is gone that has not come to a step. One that came and went has done its part.
static bool is_lost(Group* group, uint32_t step) {
  for (int rank = 0; rank < group->size; rank++) {
    if (rank == group->rank || has_come(group, rank, step) || !is_gone(group, rank)) continue;
    if (has_come(group, rank, step)) continue;  // It came between the two looks, and then went.
    // All ranks name the same, also those that look when more have ended because of it.
    publish(group->control, FAILURE_LOST, rank, "");
    if (!is_told(group)) group_fail(group, FAILURE_LOST, rank, 0);
    return true;
  }
  return false;
}

static bool wait_for(Group* group, int rank, uint32_t step) {
  if (has_come(group, rank, step)) return true;
  const uint64_t begin = nanoseconds();
  do {
    for (int i = 0; i < 64; i++) {
      if (has_come(group, rank, step)) return true;
      relax();
    }
    // The one that is waited for may be next in line for this very core.
    sched_yield();
  } while (nanoseconds() - begin < group->spin);
  SharedWord* word = &group->control->places[rank].arrived;
  for (uint64_t looked = begin;;) {
    const uint32_t value = atomic_load(&word->value);
    if (has_come(group, rank, step)) return true;
    if (atomic_load(&group->is_closing)) return group_fail(group, FAILURE_CLOSED, group->rank, 0);
    if (is_told(group)) return false;
    const uint64_t now = nanoseconds();
    if (now - looked > SLICE_MILLISECONDS * 1000000u) {
      if (is_lost(group, step)) return false;
      looked = now;
    }
    word_wait(word, value, SLICE_MILLISECONDS);
  }
}

bool group_step(Group* group) {
  const uint32_t step = ++group->steps;
  word_set(&group->control->places[group->rank].arrived, step);
  for (int rank = 0; rank < group->size; rank++) {
    if (rank != group->rank && !wait_for(group, rank, step)) return false;
  }
  return true;
}

static void* run(void* argument) {
  Group* group = argument;
  pthread_mutex_lock(&group->mutex);
  for (;;) {
    while (group->first == NULL && !atomic_load(&group->is_closing)) {
      pthread_cond_wait(&group->work, &group->mutex);
    }
    if (atomic_load(&group->is_closing)) break;
    Operation* operation = group->first;
    pthread_mutex_unlock(&group->mutex);
    const bool is_done = !is_told(group) && call_run(group, operation);
    pthread_mutex_lock(&group->mutex);
    if (is_done) {
      group->completed++;
      group->first = operation->next;
      if (group->first == NULL) group->last = NULL;
      free(operation);
    }
    pthread_cond_broadcast(&group->done);
    if (!is_done) break;
  }
  pthread_mutex_unlock(&group->mutex);
  return NULL;
}

// Node's own threads take the process's signals.
static int start_thread(Group* group) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(&group->thread, NULL, run, group);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

static void initialise_conditions(Group* group) {
  pthread_mutex_init(&group->mutex, NULL);
  pthread_cond_init(&group->work, NULL);
#ifdef __APPLE__
  pthread_cond_init(&group->done, NULL);
#else
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&group->done, &attributes);
  pthread_condattr_destroy(&attributes);
#endif
}

// Frees a group that has no thread, and sets errno.
static Group* give_up(Group* group, int error) {
  if (group->control != NULL) munmap(group->control, group->control_bytes);
  if (group->file >= 0) close(group->file);
  free(group->sources);
  free(group->targets);
  free(group->calls_seen);
  free(group);
  errno = error;
  return NULL;
}

// A group over a control that is open as `file`; takes the file.
static Group* enter(int file, const char* path, int rank, int size) {
  Group* group = calloc(1, sizeof *group);
  if (group == NULL) {
    close(file);
    errno = ENOMEM;
    return NULL;
  }
  group->file = file;
  group->rank = rank;
  group->size = size;
  // With a core for each, a rank that is about to come is not slept for; without, it would wait for ours.
  group->spin = sysconf(_SC_NPROCESSORS_ONLN) >= size ? 50000 : 0;
  strncpy(group->path, path, PATH_BYTES - 1);
  group->sources = calloc((size_t)size, sizeof *group->sources);
  group->targets = calloc((size_t)size + 1, sizeof *group->targets);
  group->calls_seen = calloc((size_t)size, CALL_BYTES);
  group->control_bytes = control_bytes(size);
  if (group->sources == NULL || group->targets == NULL || group->calls_seen == NULL) return give_up(group, ENOMEM);
  // A file that is too short would be a signal at the first look.
  if (lseek(file, 0, SEEK_END) != (off_t)group->control_bytes) return give_up(group, EPROTO);
  group->control = shared_map(file, group->control_bytes);
  if (group->control == NULL) return give_up(group, errno);
  if (rank == 0) {
    group->control->magic = MAGIC;
    group->control->size = (uint32_t)size;
  }
  if (group->control->magic != MAGIC || group->control->size != (uint32_t)size) return give_up(group, EPROTO);
  if (hold_byte(file, rank) < 0) return give_up(group, errno);
  initialise_conditions(group);
  const int error = start_thread(group);
  if (error != 0) return give_up(group, error);
  atomic_store(&group->control->places[rank].presence, JOINED);
  return group;
}

// Each rank has a part of a piece of a staging slot (calls.c).
#define MOST_RANKS 1024

static bool is_place(int rank, int size) {
  errno = EINVAL;
  return size >= 1 && size <= MOST_RANKS && rank >= 0 && rank < size;
}

Group* group_create(int size) {
  if (!is_place(0, size)) return NULL;
  char path[PATH_BYTES];
  const int file = shared_create(control_bytes(size), path);
  return file < 0 ? NULL : enter(file, path, 0, size);
}

Group* group_join(const char* path, int rank, int size) {
  if (!is_place(rank, size)) return NULL;
  const int file = shared_open(path);
  return file < 0 ? NULL : enter(file, path, rank, size);
}

void group_hide(Group* group) {
  if (group->rank == 0 && group->path[0] != '\0') shared_hide(group->path);
  group->path[0] = '\0';
}

uint64_t group_start(Group* group, Operation* operation) {
  operation->next = NULL;
  pthread_mutex_lock(&group->mutex);
  if (group->last == NULL) group->first = operation;
  else group->last->next = operation;
  group->last = operation;
  const uint64_t number = ++group->started;
  pthread_cond_signal(&group->work);
  pthread_mutex_unlock(&group->mutex);
  return number;
}

// Waits for the condition `done` until a moment of nanoseconds(); false when it has come.
static bool wait_until(Group* group, uint64_t end) {
  const uint64_t now = nanoseconds();
  if (now >= end) return false;
#ifdef __APPLE__
  const struct timespec left = {(time_t)((end - now) / 1000000000u), (long)((end - now) % 1000000000u)};
  pthread_cond_timedwait_relative_np(&group->done, &group->mutex, &left);
#else
  const struct timespec moment = {(time_t)(end / 1000000000u), (long)(end % 1000000000u)};
  pthread_cond_timedwait(&group->done, &group->mutex, &moment);
#endif
  return true;
}

Waited group_wait(Group* group, uint64_t number, double milliseconds) {
  const uint64_t end = nanoseconds() + (uint64_t)(milliseconds * 1e6);
  pthread_mutex_lock(&group->mutex);
  while (group->completed < number && group->failure.kind == FAILURE_NONE && wait_until(group, end)) {
  }
  const Waited waited = group->completed >= number                ? WAIT_DONE
                        : group->failure.kind != FAILURE_NONE ? WAIT_FAILED
                                                              : WAIT_PENDING;
  pthread_mutex_unlock(&group->mutex);
  return waited;
}

void group_abort(Group* group, const char* reason) {
  publish(group->control, FAILURE_ABORTED, group->rank, reason);
}

void segment_release(Segment* segment) {
  if (atomic_fetch_sub(&segment->references, 1) > 1) return;
  munmap(segment->base, segment->bytes);
  free(segment);
}

void group_close(Group* group) {
  if (group->is_closed) return;
  group->is_closed = true;
  pthread_mutex_lock(&group->mutex);
  atomic_store(&group->is_closing, true);
  pthread_cond_signal(&group->work);
  pthread_mutex_unlock(&group->mutex);
  pthread_join(group->thread, NULL);
  atomic_store(&group->control->places[group->rank].presence, LEFT);
  while (group->first != NULL) {
    Operation* operation = group->first;
    group->first = operation->next;
    free(operation);
  }
  for (size_t i = 0; i < group->segment_count; i++) segment_release(group->segments[i]);
  free(group->segments);
  munmap(group->control, group->control_bytes);
  group_hide(group);
  close(group->file);
}

void group_free(Group* group) {
  group_close(group);
  pthread_mutex_destroy(&group->mutex);
  pthread_cond_destroy(&group->work);
  pthread_cond_destroy(&group->done);
  free(group->sources);
  free(group->targets);
  free(group->calls_seen);
  free(group);
}
