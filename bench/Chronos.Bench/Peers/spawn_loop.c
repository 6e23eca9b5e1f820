/* The limit of starting processes: a loop over posix_spawn and waitpid, some of them at a time.
   Usage: spawn_loop bare|durable SECONDS AT_ONCE FOLDER COMMAND [ARGUMENT]...
   bare     only starts and waits; output goes nowhere
   durable  captures the output of each process in two files, and writes down its exit code; an end counts when the disk
            has it (one fdatasync for all that ended meanwhile)
   Prints processes per second. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void redirect(
    posix_spawn_file_actions_t *actions, int descriptor, const char *folder, int number, int durable) {
  char path[512] = "/dev/null";
  if (durable) snprintf(path, sizeof path, "%s/%d.%d", folder, number, descriptor);
  if (posix_spawn_file_actions_addopen(actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0600)) fail("addopen");
}

static void start(const char *folder, int number, int durable, char **command) {
  posix_spawn_file_actions_t actions;
  pid_t pid;
  if (posix_spawn_file_actions_init(&actions)) fail("actions");
  redirect(&actions, STDOUT_FILENO, folder, number, durable);
  redirect(&actions, STDERR_FILENO, folder, number, durable);
  if (posix_spawn(&pid, command[0], &actions, NULL, command, environ)) fail("posix_spawn");
  posix_spawn_file_actions_destroy(&actions);
}

static void note_end(int ends, pid_t pid, int status) {
  char line[64];
  int length = snprintf(line, sizeof line, "%d ended %d\n", pid, status);
  if (write(ends, line, length) != length) fail("write");
}

int main(int count, char **arguments) {
  if (count < 6) return 2;
  int durable = !strcmp(arguments[1], "durable"), at_once = atoi(arguments[3]);
  char *folder = arguments[4], **command = arguments + 5, path[512];
  snprintf(path, sizeof path, "%s/ends", folder);
  int ends = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  double began = now(), until = began + atof(arguments[2]);
  int started = 0, running = 0, done = 0, status;
  pid_t pid;
  do {
    for (; running < at_once && now() < until; running++) start(folder, started++, durable, command);
    if (running == 0) break;
    if ((pid = waitpid(-1, &status, 0)) < 0) fail("waitpid");
    int ended = 0;
    do {
      if (durable) note_end(ends, pid, status);
      ended++;
    } while (ended < running && (pid = waitpid(-1, &status, WNOHANG)) > 0);
    if (durable && fdatasync(ends)) fail("fdatasync");
    running -= ended, done += ended;
  } while (1);
  printf("%f\n", done / (now() - began));
  return 0;
}
