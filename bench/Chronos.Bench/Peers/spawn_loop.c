/* The limit of starting processes: a loop over posix_spawn and waitpid, some of them at a time.
   Usage: spawn_loop bare|work COUNT AT_ONCE FOLDER
   bare  only starts and waits
   work  does what an executor of tasks has to, as tersely as C can: a folder for each task, its output captured in two
         files, a line in a journal before each start, one with the exit code after each end; accepted tasks and exit
         codes are on the disk (fdatasync, one for each round of the loop) before they count
   Prints starts per second. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static pid_t start(const char *folder, int number, int work) {
  char *arguments[] = {"/bin/true", NULL};
  char task[512], out[600], err[600];
  posix_spawn_file_actions_t actions;
  pid_t pid;
  if (posix_spawn_file_actions_init(&actions)) fail("actions");
  if (work) {
    snprintf(task, sizeof task, "%s/%d", folder, number);
    snprintf(out, sizeof out, "%s/stdout", task);
    snprintf(err, sizeof err, "%s/stderr", task);
    if (mkdir(task, 0700)) fail("mkdir");
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_addchdir_np(&actions, task);
  }
  if (posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environ)) fail("posix_spawn");
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

static void note(int journal, const char *kind, int number, int code) {
  char line[128];
  int length = snprintf(line, sizeof line, "{\"kind\":\"%s\",\"id\":\"%d\",\"code\":%d}\n", kind, number, code);
  if (write(journal, line, length) != length) fail("write");
}

int main(int count_of_arguments, char **arguments) {
  if (count_of_arguments != 5) return 2;
  int work = !strcmp(arguments[1], "work"), count = atoi(arguments[2]), at_once = atoi(arguments[3]);
  const char *folder = arguments[4];
  char path[512];
  snprintf(path, sizeof path, "%s/journal", folder);
  int journal = work ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
  struct timespec began, ended;
  clock_gettime(CLOCK_MONOTONIC, &began);
  int started = 0, running = 0, done = 0, status;
  while (done < count) {
    int first = started;
    if (work && started < count && running < at_once) {
      for (int i = started; i < count && i - started < at_once - running; i++) note(journal, "accepted", i, 0);
      if (fdatasync(journal)) fail("fdatasync");
    }
    for (; started < count && running < at_once; started++, running++) start(folder, started, work);
    if (work && started > first) note(journal, "started", started, 0);
    if (waitpid(-1, &status, 0) < 0) fail("waitpid");
    int ends = 0;
    do {
      if (work) note(journal, "ended", done, WEXITSTATUS(status));
      done++, running--, ends++;
    } while (running > 0 && waitpid(-1, &status, WNOHANG) > 0);
    if (work && fdatasync(journal)) fail("fdatasync");
  }
  clock_gettime(CLOCK_MONOTONIC, &ended);
  printf("%f\n", count / (ended.tv_sec - began.tv_sec + (ended.tv_nsec - began.tv_nsec) / 1e9));
  return 0;
}
