/* The limit of starting processes: a loop over posix_spawn and waitpid, some of them at a time.
   Usage: spawn_loop bare|durable|folders SECONDS AT_ONCE FOLDER COMMAND [ARGUMENT]...
   bare     only starts and waits; output goes nowhere
   durable  captures the output of each process in two files, and writes down its exit code; an end counts when the disk
            has it. Another thread writes down all that ended meanwhile and waits for the disk; this one starts more.
   folders  the same, with the two files in a folder of each process's own, in which it runs
   Prints processes per second. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
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

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

enum mode { BARE, DURABLE, FOLDERS };

static void redirect(posix_spawn_file_actions_t *actions, int descriptor, const char *path) {
  if (posix_spawn_file_actions_addopen(actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0600)) fail("addopen");
}

static void capture(posix_spawn_file_actions_t *actions, enum mode mode, const char *folder, int number) {
  char own[512], path[520];
  snprintf(own, sizeof own, "%s/%d", folder, number);
  if (mode == FOLDERS && mkdir(own, 0700)) fail("mkdir");
  for (int descriptor = STDOUT_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
    snprintf(path, sizeof path, mode == FOLDERS ? "%s/%d" : "%s.%d", own, descriptor);
    redirect(actions, descriptor, path);
  }
  if (mode == FOLDERS && posix_spawn_file_actions_addchdir_np(actions, own)) fail("addchdir");
}

static void start(const char *folder, int number, enum mode mode, char **command) {
  posix_spawn_file_actions_t actions;
  pid_t pid;
  if (posix_spawn_file_actions_init(&actions)) fail("actions");
  if (mode != BARE) {
    capture(&actions, mode, folder, number);
  } else {
    redirect(&actions, STDOUT_FILENO, "/dev/null");
    redirect(&actions, STDERR_FILENO, "/dev/null");
  }
  if (posix_spawn(&pid, command[0], &actions, NULL, command, environ)) fail("posix_spawn");
  posix_spawn_file_actions_destroy(&actions);
}

struct end {
  pid_t pid;
  int status;
};

enum { ENDS_MAX = 4096 }; /* more than may end during one wait */
static int ends, waiting, is_over;
static struct end queue[ENDS_MAX];
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void tell(pid_t pid, int status) {
  pthread_mutex_lock(&gate);
  while (waiting == ENDS_MAX) pthread_cond_wait(&changed, &gate);
  queue[waiting++] = (struct end){pid, status};
  if (waiting == 1) pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&gate);
}

static void close_queue(void) {
  pthread_mutex_lock(&gate);
  is_over = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&gate);
}

static int take_all(char *lines) {
  int length = 0;
  pthread_mutex_lock(&gate);
  while (waiting == 0 && !is_over) pthread_cond_wait(&changed, &gate);
  for (int i = 0; i < waiting; i++) length += sprintf(lines + length, "%d ended %d\n", queue[i].pid, queue[i].status);
  if (waiting == ENDS_MAX) pthread_cond_broadcast(&changed);
  waiting = 0;
  pthread_mutex_unlock(&gate);
  return length;
}

static void *write_ends(void *unused) {
  static char lines[ENDS_MAX * 32];
  int length;
  while ((length = take_all(lines)) > 0)
    if (write(ends, lines, length) != length || fdatasync(ends)) fail("ends");
  return unused;
}

int main(int count, char **arguments) {
  if (count < 6) return 2;
  enum mode mode = !strcmp(arguments[1], "bare") ? BARE : !strcmp(arguments[1], "durable") ? DURABLE : FOLDERS;
  int at_once = atoi(arguments[3]);
  char *folder = arguments[4], **command = arguments + 5, path[512];
  snprintf(path, sizeof path, "%s/ends", folder);
  ends = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pthread_t writing;
  if (pthread_create(&writing, NULL, write_ends, NULL)) fail("pthread_create");
  double began = now(), until = began + atof(arguments[2]);
  int started = 0, running = 0, done = 0, status;
  pid_t pid;
  while (1) {
    for (; running < at_once && now() < until; running++) start(folder, started++, mode, command);
    if (running == 0) break;
    if ((pid = waitpid(-1, &status, 0)) < 0) fail("waitpid");
    int ended = 0;
    do {
      if (mode != BARE) tell(pid, status);
      ended++;
    } while (ended < running && (pid = waitpid(-1, &status, WNOHANG)) > 0);
    running -= ended, done += ended;
  }
  close_queue();
  pthread_join(writing, NULL);
  printf("%f\n", done / (now() - began));
  return 0;
}
