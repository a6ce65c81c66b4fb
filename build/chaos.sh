#!/usr/bin/env bash
# Plays the rows of the table of faults that the build leaves out, and checks that every row notices when its protection is off.
#
#   build/chaos.sh [rows] [mutations] [soak] [--filter EXPRESSION]
#
# rows: the long rows (8, 10 to 12, 20, 23, 24). mutations: every row, those of the build too, each with one protection switched off; a row that passes all the same is an
# error. soak: row 34, CELERYNET_CHAOS_SOAK_MINUTES long, 30 by default. Without a word, all three in this order. EXPRESSION is that of `dotnet test`.
# Prints a table; the exit code is 0 only when all is as it must be. Servers are private, on loopback, and gone afterwards. Installs libfaketime where apt-get exists.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
filter='' wanted=()
while [ $# -gt 0 ]; do
  case $1 in
    rows | mutations | soak) wanted+=("$1") && shift ;;
    --filter) filter=${2:?--filter needs an expression} && shift 2 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0" && exit ;;
    *) echo "chaos.sh: unknown word '$1'" >&2 && exit 2 ;;
  esac
done
[ ${#wanted[@]} -gt 0 ] || wanted=(rows mutations soak)

export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
root=$(mktemp -d /tmp/celerynet-chaos.XXXXXX)
chmod 711 "$root" # RabbitMQ's user passes through
mkdir -m 1777 "$root/tmp"
export TMPDIR=$root/tmp
project=tests/CeleryNet.Chaos.Tests
current=''

end_step() { # ends what is left of the step's own process group: tests, workers, their servers
  [ -n "$current" ] || return 0
  kill -TERM -- "-$current" 2>/dev/null || true
  for _ in {1..30}; do kill -0 -- "-$current" 2>/dev/null || break; sleep 0.1; done
  kill -KILL -- "-$current" 2>/dev/null || true
  current=''
}

clean_up() {
  local code=$?
  trap '' INT TERM HUP
  end_step
  for kind in rabbitmq redis; do
    if [ -d "$root/$kind" ]; then build/servers.sh "$kind" remove "$root/$kind" || true; fi
  done
  rm -rf "$root" || { sleep 1 && rm -rf "$root"; } || true
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

step() { # in a process group of its own, so that all of it can be ended
  # A command in the background of a script ignores SIGINT and SIGQUIT, and so would the workers that rows stop by them.
  setsid env --default-signal=INT,QUIT "$@" </dev/null &
  current=$!
  local code=0
  wait "$current" || code=$?
  end_step # a test host that died leaves its workers and servers behind
  return "$code"
}

find_faketime() { find /usr/lib -name libfaketime.so.1 2>/dev/null | head -n 1; }

faketime() { # prints where the library is; installs it where that is possible
  [ -n "$(find_faketime)" ] || ! command -v apt-get >/dev/null || {
    if [ "$(id -u)" = 0 ]; then DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends libfaketime; else sudo apt-get install -qy --no-install-recommends libfaketime; fi
  } >"$root/apt.log" 2>&1 || tail -n 5 "$root/apt.log" >&2
  find_faketime
}

play() { # NAME FILTER [VARIABLE=VALUE…]: runs tests and prints what their rows reported
  local name=$1 expression=$2 code=0
  shift 2
  [ -z "$filter" ] || expression="($expression)&($filter)"
  echo "== $name"
  : >"$root/$name.report"
  step env "CELERYNET_CHAOS_REPORT=$root/$name.report" CELERYNET_CHAOS_LONG=1 CI=true "$@" \
    dotnet test "$project" --no-build -c Release -v q --logger "console;verbosity=minimal" --filter "$expression" >"$root/$name.log" 2>&1 || code=$?
  sed -E 's/^(.{400}).*/\1…/' "$root/$name.report"
  if [ "$code" != 0 ] || [ ! -s "$root/$name.report" ]; then
    grep -E '\[FAIL\]|error' "$root/$name.log" | head -n 40 >&2 || true
    echo "chaos.sh: $name: not all is as it must be" >&2
    failed=yes
  fi
}

dotnet build "$project" -c Release -v q -warnaserror
CELERYNET_TEST_REDIS=$(build/servers.sh redis start "$root/redis")
CELERYNET_TEST_RABBITMQ=$(build/servers.sh rabbitmq start "$root/rabbitmq")
CELERYNET_TEST_SERVERS=$PWD/build/servers.sh
CELERYNET_CHAOS_FAKETIME=$(faketime)
export CELERYNET_TEST_REDIS CELERYNET_TEST_RABBITMQ CELERYNET_TEST_SERVERS CELERYNET_CHAOS_FAKETIME

failed=''
for word in "${wanted[@]}"; do
  case $word in
    rows) play rows 'FullyQualifiedName~LongRows&FullyQualifiedName!~Row34' ;;
    mutations) play mutations 'FullyQualifiedName~Chaos.Tests' CELERYNET_CHAOS_MUTATE=1 ;;
    soak) play soak 'FullyQualifiedName~Row34' ;;
  esac
done
[ -z "$failed" ]
