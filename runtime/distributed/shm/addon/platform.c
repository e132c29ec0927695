#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/futex.h>
#endif

// Closes a file and keeps the error that was there before.
static int discard(int file) {
  const int error = errno;
  close(file);
  errno = error;
  return -1;
}

#ifdef __linux__

// memfd, whatever room /dev/shm has: containers limit that to 64 MB, and a file there would have a name that a killed
// process leaves behind. Others of the same user open it by way of /proc while its maker has it open.
int shared_create(size_t bytes, char path[PATH_BYTES]) {
  const int file = memfd_create("lavis", MFD_CLOEXEC);
  if (file < 0) return -1;
  // Returns the error instead of setting it.
  errno = posix_fallocate(file, 0, (off_t)bytes);
  if (errno != 0) return discard(file);
  snprintf(path, PATH_BYTES, "/proc/%d/fd/%d", (int)getpid(), file);
  return file;
}

void shared_hide(const char* path) {
  (void)path;  // It never had a name of its own.
}

#else

int shared_create(size_t bytes, char path[PATH_BYTES]) {
  const char* folder = getenv("TMPDIR");
  const int length = snprintf(path, PATH_BYTES, "%s/lavis-XXXXXX", folder != NULL ? folder : "/tmp");
  if (length < 0 || length >= PATH_BYTES) snprintf(path, PATH_BYTES, "/tmp/lavis-XXXXXX");
  const int file = mkstemp(path);
  if (file < 0) return -1;
  fcntl(file, F_SETFD, FD_CLOEXEC);
  // Written, not only measured out: that reserves it everywhere.
  static const char zeros[1 << 16];
  for (size_t done = 0; done < bytes;) {
    const size_t left = bytes - done;
    const ssize_t written = write(file, zeros, left < sizeof zeros ? left : sizeof zeros);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = errno;
      unlink(path);
      errno = error;
      return discard(file);
    }
    done += (size_t)written;
  }
  return file;
}

void shared_hide(const char* path) { unlink(path); }

#endif

int shared_open(const char* path) { return open(path, O_RDWR | O_CLOEXEC); }

void* shared_map(int file, size_t bytes) {
  void* memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static struct flock byte_of(int rank) {
  struct flock lock;
  memset(&lock, 0, sizeof lock);
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = rank;
  lock.l_len = 1;
  return lock;
}

int hold_byte(int file, int rank) {
  struct flock lock = byte_of(rank);
  return fcntl(file, F_SETLK, &lock);
}

bool is_byte_held(int file, int rank) {
  struct flock lock = byte_of(rank);
  // Where the kernel does not tell, a process counts as living: its absence still shows, as a timeout.
  return fcntl(file, F_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}

// Sequentially consistent on both sides: either the waker sees that somebody waits, or the waiter sees the new value.
void word_set(SharedWord* word, uint32_t value) {
  atomic_store(&word->value, value);
#ifdef __linux__
  if (atomic_load(&word->waiting) > 0) syscall(SYS_futex, &word->value, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
#endif
}

void word_wait(SharedWord* word, uint32_t value, int milliseconds) {
#ifdef __linux__
  const struct timespec limit = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  atomic_fetch_add(&word->waiting, 1);
  syscall(SYS_futex, &word->value, FUTEX_WAIT, value, &limit, NULL, 0);
  atomic_fetch_sub(&word->waiting, 1);
#else
  (void)milliseconds;
  const struct timespec moment = {0, 50000};
  if (atomic_load(&word->value) == value) nanosleep(&moment, NULL);
#endif
}

uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
