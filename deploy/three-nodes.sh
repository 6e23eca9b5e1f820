#!/usr/bin/env bash
# Three nodes of Chronos and one etcd on this machine, to watch a leader fail and another take over.
# Needs the .NET SDK and etcd (Debian: apt-get install etcd-server). Everything is in one folder and ends with Ctrl-C.
# Usage: deploy/three-nodes.sh [FOLDER]   (default: a new temporary folder)
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v etcd >/dev/null; then
  echo "etcd is missing. On Debian: apt-get install etcd-server" >&2
  exit 1
fi

folder=${1:-$(mktemp -d -t chronos-nodes-XXXXXX)}
mkdir -p "$folder"
dotnet build src/Chronos --configuration Release --nologo --verbosity quiet
chronos=src/Chronos/bin/Release/net10.0/chronos
pids=()

finish() {
  trap - EXIT INT TERM
  kill "${pids[@]}" 2>/dev/null || true
  wait
  echo "Ended. What they wrote is in $folder"
}
trap finish EXIT INT TERM

etcd --data-dir "$folder/etcd" --listen-client-urls http://127.0.0.1:12379 \
  --advertise-client-urls http://127.0.0.1:12379 --listen-peer-urls http://127.0.0.1:12380 \
  >"$folder/etcd.log" 2>&1 &
pids+=($!)

for number in 1 2 3; do
  "$chronos" serve --state etcd://127.0.0.1:12379/chronos --lease 5s --http-port "808$number" \
    --data-dir "$folder/node-$number" >"$folder/node-$number.log" 2>&1 &
  pids+=($!)
  echo "node $number: http://127.0.0.1:808$number   process $!   log $folder/node-$number.log"
done

cat <<'END'

See who leads:      curl -s localhost:8081/v1/cluster
Add a job anywhere: curl -X PUT localhost:8082/v1/jobs/tick -H 'Content-Type: application/json' \
                      -d '{"name":"tick","command":"date","schedule":"* * * * * *"}'
Kill the leader:    kill -9 PROCESS      and ask another node who leads now
Freeze it:          kill -STOP PROCESS   wait, then  kill -CONT PROCESS
Ctrl-C ends them all.
END
wait
