// What operating systems do differently: memory that processes share, and waiting for a word of it to change.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How a process tells the others where the memory is that it made.
#define PATH_BYTES 128

// Makes `bytes` bytes of memory that processes can share, zeros, all of it reserved: where there is not enough, this
// is an error here and no signal later. Writes the path under which others open it; returns a descriptor or -1.
int shared_create(size_t bytes, char path[PATH_BYTES]);

// Opens what another process made; returns a descriptor or -1.
int shared_open(const char* path);

// To be called by its maker when all have opened it: from then on it goes with the last process that has it.
void shared_hide(const char* path);

// Maps all of it; NULL where that fails.
void* shared_map(int file, size_t bytes);

// Whether a process lives that holds the byte `rank` of a file, as hold_byte() does. The kernel lets go of it when
// the process ends, however it ends, also before its parent has asked for its exit code.
bool is_byte_held(int file, int rank);

// Holds a byte of a file until the file is closed or the process ends. Returns 0 or -1.
int hold_byte(int file, int rank);

// A word that processes wait for, alone in its cache line.
typedef struct {
  _Alignas(64) _Atomic uint32_t value;
  _Atomic uint32_t waiting;
} SharedWord;

// Sets the word and wakes those that wait for it.
void word_set(SharedWord* word, uint32_t value);

// Sleeps until the word is no longer `value`, or for about `milliseconds`, or shorter.
void word_wait(SharedWord* word, uint32_t value, int milliseconds);

// A clock that nobody sets.
uint64_t nanoseconds(void);

// Tells the processor that this is a loop that waits.
static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}
