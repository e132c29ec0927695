// The processes of a group: what they share, how they wait for each other, and the thread that runs their calls.
//
// One mapping, the control, holds a place for each rank: how many steps it has come, the call that it is in, and a
// staging slot through which data goes that lies in no shared memory. A call is a row of steps; a step ends when
// every rank has come to it. allocate() adds mappings that hold a slot for each rank's data; calls on those work in
// place.
#pragma once

#include <pthread.h>

#include "platform.h"
#include "sums.h"

// As runtime/distributed/call.ts writes a call.
#define CALL_BYTES 192
#define REASON_BYTES 1024

typedef enum {
  CALL_ALL_REDUCE,
  CALL_BROADCAST,
  CALL_ALL_GATHER,
  CALL_REDUCE_SCATTER,
  CALL_BARRIER,
  CALL_ALLOCATE,
} CallKind;

typedef enum {
  FAILURE_NONE,
  FAILURE_LOST,
  FAILURE_ABORTED,
  FAILURE_OUT_OF_STEP,
  FAILURE_SYSTEM,
  FAILURE_CLOSED,
} FailureKind;

typedef struct {
  FailureKind kind;
  // Whom it is about.
  int rank;
  // What the operating system said, for FAILURE_SYSTEM.
  int error;
  char reason[REASON_BYTES];
} Failure;

// What a rank states of its call before any data is exchanged. `segment` counts from 1; 0: the data lies elsewhere.
typedef struct {
  uint64_t segment;
  uint64_t offset;
  unsigned char call[CALL_BYTES];
} Posted;

typedef struct {
  SharedWord arrived;
  _Alignas(64) _Atomic uint32_t presence;
  // One more than the sequence number of the call that it has come to; 0 before the first.
  _Atomic uint64_t come_to;
  // What the operating system said to this rank's parts in an allocation.
  int32_t errors[2];
  // In turns: the slowest may still read that of the call before.
  Posted posted[2];
} Place;

enum { ABSENT, JOINED, LEFT };

typedef struct {
  uint64_t magic;
  uint32_t size;
  // 0 none, 1 being written, 2 there: the first stays.
  _Atomic uint32_t failure_state;
  Failure failure;
  // Where the memory is that rank 0 has made last.
  char path[PATH_BYTES];
  Place places[];
} Control;

// Memory that all ranks have mapped, a slot for each.
typedef struct {
  unsigned char* base;
  size_t slot;
  size_t bytes;
  // The group, and each ArrayBuffer on it.
  atomic_int references;
} Segment;

typedef struct Operation {
  CallKind kind;
  Reduction reduction;
  int root;
  uint64_t sequence;
  unsigned char call[CALL_BYTES];
  unsigned char* data;
  size_t bytes;
  unsigned char* output;
  // For an allocation: what this machine has left.
  size_t available;
  struct Operation* next;
} Operation;

typedef struct {
  int rank;
  int size;
  Control* control;
  size_t control_bytes;
  int file;
  char path[PATH_BYTES];
  // How long a rank looks at a word before it sleeps.
  uint64_t spin;

  // Of the thread alone.
  uint32_t steps;
  uint64_t calls;
  const float** sources;
  float** targets;

  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t work;
  pthread_cond_t done;
  atomic_bool is_closing;
  bool is_closed;
  // Under the mutex.
  Operation* first;
  Operation* last;
  uint64_t started;
  uint64_t completed;
  Failure failure;
  // What each rank was in, where they are out of step.
  unsigned char* calls_seen;
  Segment** segments;
  size_t segment_count;
} Group;

// Makes a group, as its rank 0. NULL, with errno, where there is no memory for it.
Group* group_create(int size);

// Joins the group that another process has made. NULL, with errno; EPROTO: there is something else at that path.
Group* group_join(const char* path, int rank, int size);

// Takes the group's name away: to be called by rank 0 when all have joined; closing does so too.
void group_hide(Group* group);

// Starts a call and returns its number. The group takes the operation.
uint64_t group_start(Group* group, Operation* operation);

typedef enum { WAIT_PENDING, WAIT_DONE, WAIT_FAILED } Waited;

Waited group_wait(Group* group, uint64_t number, double milliseconds);

// Makes calls of all ranks fail.
void group_abort(Group* group, const char* reason);

// Ends the thread and leaves. What was allocated stays for the ArrayBuffers that are on it.
void group_close(Group* group);

// Closes and frees.
void group_free(Group* group);

void segment_release(Segment* segment);

// For calls.c: what this rank, or another, states of the call that they are in.
Posted* group_posted(const Group* group, int rank);

// Where a rank's staging slot begins, and how large it is.
unsigned char* group_staging(const Group* group, int rank);
#define STAGING_BYTES ((size_t)3 << 18)

// Ends a step: returns when all ranks have come to its end; false, with the group's failure set, when one cannot.
bool group_step(Group* group);

// Sets the failure of this rank; returns false.
bool group_fail(Group* group, FailureKind kind, int rank, int error);

// Runs one call; false, with the group's failure set, where it fails.
bool call_run(Group* group, const Operation* operation);
