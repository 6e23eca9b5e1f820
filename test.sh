#!/usr/bin/env bash
# Builds everything and runs every test suite. Installs what the tests need and is missing (Debian, as root).
# The last line counts all suites together: N passed, N failed, N skipped
# Usage: ./test.sh [SUITE ...]   with SUITE one of Core.Tests, Chronos.Simulation, Mesos.Tests, Server.Tests,
# Integration.Tests, Cluster.Tests, web
set -uo pipefail
cd "$(dirname "$0")" || exit 1

configuration=Release
limit=20m # of a suite; the slowest takes about ten minutes on two processors
known=(Core.Tests Chronos.Simulation Mesos.Tests Server.Tests Integration.Tests Cluster.Tests web)
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=("${known[@]}")
for suite in "${suites[@]}"; do
  [[ $suite == -h || $suite == --help ]] && { sed -n '2,5s/^# //p' "$0"; exit; }
  [[ " ${known[*]} " == *" $suite "* ]] && continue
  echo "There is no suite '$suite'; there are: ${known[*]}" >&2
  exit 2
done

install_missing() {
  local packages=()
  command -v setpriv >/dev/null || packages+=(util-linux)
  command -v bzip2 >/dev/null || packages+=(bzip2)
  command -v xz >/dev/null || packages+=(xz-utils)
  command -v zip >/dev/null || packages+=(zip)
  command -v unzip >/dev/null || packages+=(unzip)
  command -v git >/dev/null || packages+=(git)
  command -v curl >/dev/null || packages+=(curl)
  command -v npm >/dev/null || packages+=(nodejs npm)
  command -v chromium >/dev/null || packages+=(chromium)
  command -v faketime >/dev/null || packages+=(faketime)
  command -v java >/dev/null || packages+=(default-jre-headless)
  [ -e /usr/share/java/zookeeper.jar ] || packages+=(libzookeeper-java)
  command -v etcd >/dev/null || packages+=(etcd-server)
  command -v etcdctl >/dev/null || packages+=(etcd-client)
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || packages+=(postgresql)
  command -v ip >/dev/null || packages+=(iproute2)
  command -v iptables >/dev/null || packages+=(iptables)
  command -v go >/dev/null || packages+=(golang-go)
  [ -e /usr/share/gocode/src/github.com/mesos/mesos-go ] || packages+=(golang-github-mesos-mesos-go-dev)
  [ ${#packages[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Please install: ${packages[*]}" >&2
    exit 1
  fi
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null || exit 1
}

count() { # count KEY FILE: the number behind KEY in a suite's summary, 0 where there is none
  local number
  number=$(sed -n "s/^ *$1: *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1)
  echo "${number:-0}"
}

tally() { # tally KEY FILE: the number behind KEY in the summary of Node's tests
  local number
  number=$(sed -n "s/^# $1 \([0-9][0-9]*\)$/\1/p" "$2" | tail -n 1)
  echo "${number:-0}"
}

bounded() { # bounded COMMAND...: runs it, shows its output and keeps it in $output; fails when it exceeds $limit
  # Through a file: a process that it forgot would keep a pipe open, and this script waiting.
  timeout --kill-after=30s "$limit" "$@" >"$output" 2>&1 &
  local pid=$! status
  tail --pid=$pid --sleep-interval=0.2 --lines=+1 --follow "$output" | sed --unbuffered '/^\[+/,+1d' # no progress
  wait $pid
  status=$?
  [ $status -ne 124 ] || echo "Ended after $limit. At work last: $(grep '^\[+' "$output" | tail -n 1)" | tee -a "$failures"
  return $status
}

explain() { # explain SUITE: keeps what $output says of the suite's failures, to be told again at the end
  awk -v suite="$1" '
    /^failed / || /^ *not ok / { print suite ": " $0; telling = 1; next }
    /^[^ ]/ || /^ *\.\.\.$/ { telling = 0 }
    telling' "$output" >>"$failures"
}

run_web() { # types, then the pages in a browser
  bounded sh -c "cd web && npm run --silent check && npm run --silent e2e"
  local status=$? broken
  broken=$(tally fail "$output")
  if [ "$status" -ne 0 ] && [ "$broken" -eq 0 ]; then
    tail -n 20 "$output" >>"$failures" # of a compiler, a formatter or a runner that broke
    broken=1
  fi
  passed=$((passed + $(tally pass "$output")))
  failed=$((failed + broken))
  skipped=$((skipped + $(tally skipped "$output")))
}

install_missing
dotnet build Chronos.slnx --configuration "$configuration" --nologo --verbosity quiet || {
  echo "The build failed." >&2
  exit 1
}

output=$(mktemp) failures=$(mktemp)
trap 'kill $(jobs -p) 2>/dev/null; rm -f "$output" "$failures"' EXIT
passed=0 failed=0 skipped=0
for suite in "${suites[@]}"; do
  echo "== $suite"
  if [ "$suite" = web ]; then
    run_web
    explain "$suite"
    continue
  fi
  bounded "tests/$suite/bin/$configuration/net10.0/$suite" --no-ansi
  status=$?
  passed=$((passed + $(count succeeded "$output")))
  failed=$((failed + $(count failed "$output")))
  skipped=$((skipped + $(count skipped "$output")))
  if [ "$status" -ne 0 ] && [ "$(count failed "$output")" -eq 0 ]; then
    echo "$suite ended with status $status before it could count." | tee -a "$failures"
    failed=$((failed + 1))
  fi
  explain "$suite"
done

cat "$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
