#!/usr/bin/env bash
# Measures CeleryNet against the raw clients: builds Release, starts private RabbitMQ, Redis and PostgreSQL servers, runs, prints tables, stops what it started.
#
#   build/bench.sh [SCENARIO…] [--rounds N] [--warm N] [--scale F] [--json FILE] [--tolerate] [--list]
#
# SCENARIO is the begin of a scenario's name, such as redis or rabbitmq-produce; without one all run, in about half an hour. Those that begin with rivals compare with other
# task queues; they are built only when they are named, and run alone. Compare only numbers of one run, on a machine that does nothing else; the load average is printed
# beside each table. The exit code is 1 when a scenario failed and 3 when a goal was missed (0 with --tolerate).
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
total_seconds=3600 # every wait inside has a deadline of its own; this one is for what nobody thought of
value='' rivals='' others='' bullmq='' list=''
for argument in "$@"; do
  if [ -n "$value" ]; then value='' && continue; fi
  case $argument in
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0" && exit ;;
    --list) list=yes ;;
    --tolerate | --allocations) ;;
    --*) value=yes ;; # the next one belongs to it
    rivals | rivals- | rivals-b*) rivals=yes bullmq=yes ;;
    rivals-*) rivals=yes ;;
    *) others=yes ;;
  esac
done
if [ -n "$rivals" ] && [ -n "$others" ]; then echo "Scenarios that begin with rivals run alone; name the others in a run of their own." >&2 && exit 2; fi

export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
root=$(mktemp -d /tmp/celerynet-bench.XXXXXX)
chmod 711 "$root" # RabbitMQ's user passes through
program=''

clean_up() {
  local code=$?
  trap '' INT TERM HUP
  if [ -n "$program" ]; then kill -TERM "$program" 2>/dev/null || true; fi
  for kind in rabbitmq redis postgres; do
    if [ -d "$root/$kind" ]; then build/servers.sh "$kind" remove "$root/$kind" || true; fi
  done
  rm -rf "$root" || { sleep 1 && rm -rf "$root"; } || true # a dying server may still write
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

project=tests/CeleryNet.Benchmarks${rivals:+.Rivals}
dotnet build "$project" -c Release -v q --nologo -warnaserror

if [ -z "$list" ]; then
  CELERYNET_TEST_REDIS=$(build/servers.sh redis start "$root/redis")
  CELERYNET_TEST_RABBITMQ=$(build/servers.sh rabbitmq start "$root/rabbitmq")
  CELERYNET_TEST_POSTGRES=$(build/servers.sh postgres start "$root/postgres")
  CELERYNET_BENCH_POSTGRES_PID=$(cat "$root/postgres/pid")
  CELERYNET_BENCH_FOLDER=$root # files of SQLite
  CELERYNET_BENCH_REDIS_PID=$(cat "$root/redis/pid")
  CELERYNET_BENCH_RABBITMQ_PID=$(cat "$root/rabbitmq/pid")
  export CELERYNET_TEST_REDIS CELERYNET_TEST_RABBITMQ CELERYNET_BENCH_REDIS_PID CELERYNET_BENCH_RABBITMQ_PID
  export CELERYNET_TEST_POSTGRES CELERYNET_BENCH_POSTGRES_PID CELERYNET_BENCH_FOLDER
fi

if [ -z "$list" ] && [ -n "$bullmq" ]; then
  mkdir "$root/node" && cp "$project/bullmq.mjs" "$root/node"
  if timeout -k 5 120 npm install --prefix "$root/node" --no-audit --no-fund --loglevel error bullmq@6.7.0 ioredis@5.11.1 >"$root/npm.log" 2>&1; then
    export CELERYNET_BENCH_BULLMQ=$root/node/bullmq.mjs
  else
    echo "BullMQ could not be installed, so that its scenarios will fail:" >&2
    tail -n 5 "$root/npm.log" >&2
  fi
fi

# In the background, so that a signal is not left waiting for it.
timeout -k 10 "$total_seconds" dotnet "$project/bin/Release/net10.0/$(basename "$project").dll" "$@" </dev/null &
program=$!
code=0
wait "$program" || code=$?
program=''
exit "$code"
