#!/usr/bin/env bash
# Builds everything, starts private RabbitMQ, Redis and PostgreSQL servers, runs all test projects, stops what it started.
#
#   build/test.sh [PROJECT…] [--filter EXPRESSION]
#
# PROJECT is a part of a test project's name, such as Redis; without one, all run and the format is checked too. EXPRESSION is that of `dotnet test`.
# The last line is `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed. Installs what is missing where apt-get exists.
# CONFIGURATION=Debug builds that instead of Release.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
configuration=${CONFIGURATION:-Release}
project_seconds=900 # nothing takes a third of it; a test that hangs must not hang the build
filter='' wanted=()
while [ $# -gt 0 ]; do
  case $1 in
    --filter) filter=${2:?--filter needs an expression} && shift 2 ;;
    --filter=*) filter=${1#--filter=} && shift ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0" && exit ;;
    -*) echo "test.sh: unknown option '$1'" >&2 && exit 2 ;;
    *) wanted+=("$1") && shift ;;
  esac
done

# No server process of the compiler outlives this script, and nothing of a run stays in the temporary folder.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_TieredPGO=0 # no process of the tests runs for so long that its profile pays
root=$(mktemp -d /tmp/celerynet-test.XXXXXX)
chmod 711 "$root" # the users of RabbitMQ and PostgreSQL pass through
export TMPDIR=$root/tmp
mkdir -m 1777 "$TMPDIR"
running=() # process groups of the steps that run

stop_group() { # GROUP: everything of a step, its servers and Python processes included
  local pid pids
  pids=$(pgrep -g "$1" || true)
  kill -TERM -- "-$1" 2>/dev/null || true
  for _ in {1..30}; do
    kill -0 -- "-$1" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$1" 2>/dev/null || true
  for pid in $pids; do rm -f "/tmp/MSBuild$pid"; done # its pipe, which it puts there whatever TMPDIR says
}

clean_up() {
  local code=$?
  trap '' INT TERM HUP
  for group in "${running[@]}"; do stop_group "$group"; done
  remove_policy
  for kind in rabbitmq redis postgres; do
    if [ -d "$root/$kind" ]; then build/servers.sh "$kind" remove "$root/$kind" || true; fi
  done
  rm -rf "$root" || { sleep 1 && rm -rf "$root"; } || true # a dying server may still write
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Starts a step in a process group of its own, so that all of it can be ended, and in the background, so that a signal is not left waiting for it.
begin() {
  setsid "$@" </dev/null &
  running+=($!)
}

finish() { # GROUP: waits for a step and returns its exit code
  local code=0 group still=()
  wait "$1" || code=$?
  stop_group "$1"
  for group in "${running[@]}"; do [ "$group" = "$1" ] || still+=("$group"); done
  running=("${still[@]}")
  return "$code"
}

step() {
  begin "$@"
  finish "${running[-1]}"
}

# ---- What must be there ----------------------------------------------------------------------------------------------------------------

policy=/usr/sbin/policy-rc.d
has_policy_of_ours=''
remove_policy() {
  if [ -n "$has_policy_of_ours" ]; then as_root rm -f "$policy" || true; fi
  has_policy_of_ours=''
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing_packages() {
  [ -x /usr/sbin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null || echo rabbitmq-server
  command -v redis-server >/dev/null && command -v redis-cli >/dev/null || echo redis-server
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || echo postgresql
  # Debian's own Python, whatever else is first in PATH.
  /usr/bin/python3 -c 'import celery' 2>/dev/null || echo python3-celery
  /usr/bin/python3 -c 'import redis' 2>/dev/null || echo python3-redis
  /usr/bin/python3 -c 'import ephem' 2>/dev/null || echo python3-ephem
  /usr/bin/python3 -c 'import sqlalchemy' 2>/dev/null || echo python3-sqlalchemy
  /usr/bin/python3 -c 'import psycopg2' 2>/dev/null || echo python3-psycopg2
  # Of the samples.
  [ -x /usr/bin/chromium ] || echo chromium
  [ -x /usr/bin/convert ] || echo imagemagick
  /usr/bin/python3 -c 'import flask' 2>/dev/null || echo python3-flask
  /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || echo python3-aiosmtpd
}

install_missing() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "test.sh: install these first: ${missing[*]} (names of the Debian packages; Celery and redis for /usr/bin/python3)" >&2
    exit 1
  fi
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "test.sh: run this as root, or install sudo: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "Installing ${missing[*]}"
  if [ ! -e "$policy" ]; then # the packages would start system services on the default ports
    has_policy_of_ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  if [[ " ${missing[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then # nor a cluster that the next boot would start
    as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -q >"$root/apt.log" 2>&1 && as_root apt-get install -qy --no-install-recommends "${missing[@]}" >>"$root/apt.log" 2>&1 || {
    tail -n 30 "$root/apt.log" >&2
    exit 1
  }
  remove_policy
}

# ---- Results ---------------------------------------------------------------------------------------------------------------------------

passed=0 failed=0 skipped=0

count() { # TRX_FOLDER: adds up the results of one project and sets `total`
  local file counters ok bad
  total=0
  for file in "$1"/*.trx; do
    [ -e "$file" ] || continue
    counters=$(grep -o '<Counters [^>]*' "$file")
    value() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
    ok=$(value passed) bad=$(($(value failed) + $(value error) + $(value timeout) + $(value aborted)))
    total=$((total + $(value total)))
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + $(value total) - ok - bad))
  done
}

test_in_background() { # PROJECT_FILE
  local name arguments
  name=$(basename "$1" .csproj)
  arguments=("$1" --no-build -c "$configuration" -v q --logger "console;verbosity=minimal" --logger "trx;LogFileName=results.trx" --results-directory "$root/results/$name")
  [ -z "$filter" ] || arguments+=(--filter "$filter")
  begin timeout -k 10 "$project_seconds" dotnet test "${arguments[@]}"
}

judge() { # PROJECT_FILE EXIT_CODE
  local name failed_before=$failed total
  name=$(basename "$1" .csproj)
  count "$root/results/$name"
  # A project that broke off, hung or found no tests has failed, whatever its tests say.
  if [ "$failed" = "$failed_before" ] && { [ "$2" != 0 ] || { [ "$total" = 0 ] && [ -z "$filter" ]; }; }; then
    echo "$name: exit code $2 after $total tests" >&2
    failed=$((failed + 1))
  fi
}

run_projects() { # PROJECT_FILE…: side by side; what each says follows when it has ended
  local project code i groups=()
  for project in "$@"; do
    test_in_background "$project" >"$root/$(basename "$project").log" 2>&1
    groups+=("${running[-1]}")
  done
  for i in "${!groups[@]}"; do
    project=${*:i+1:1} code=0
    finish "${groups[i]}" || code=$?
    echo "== $(basename "$project" .csproj)"
    cat "$root/$(basename "$project").log"
    judge "$project" "$code"
  done
}

run_project() { # PROJECT_FILE
  local code=0
  echo "== $(basename "$1" .csproj)"
  test_in_background "$1"
  finish "${running[-1]}" || code=$?
  judge "$1" "$code"
}

fail_step() { # MESSAGE
  echo "test.sh: $1" >&2
  failed=$((failed + 1))
}

summary() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

# ----------------------------------------------------------------------------------------------------------------------------------------

projects=()
for file in tests/*/*.csproj; do
  grep -q '<IsTestProject>true' "$file" || continue
  if [ ${#wanted[@]} -gt 0 ]; then
    matches=''
    for part in "${wanted[@]}"; do [[ $(basename "$file" .csproj) != *"$part"* ]] || matches=yes; done
    [ -n "$matches" ] || continue
  fi
  projects+=("$file")
done
[ ${#projects[@]} -gt 0 ] || { echo "test.sh: no test project is named like '${wanted[*]}'" >&2 && exit 2; }

command -v dotnet >/dev/null || { echo "test.sh: install the .NET 10 SDK first, see global.json" >&2 && exit 1; }
install_missing

# One build at a time in one working copy; the lock needs no file of its own.
exec 9<build/test.sh
flock 9
is_built=yes
step dotnet build CeleryNet.sln -c "$configuration" -v q -warnaserror 9<&- || is_built=''
exec 9<&-
if [ -z "$is_built" ]; then
  fail_step "the build failed"
  summary
  exit 1
fi
if [ ${#wanted[@]} = 0 ] && [ -z "$filter" ]; then
  # By the configuration that was just built: the source generator must be there for the projects that use it.
  step env Configuration="$configuration" dotnet format CeleryNet.sln --verify-no-changes --no-restore || fail_step "the format is not that of .editorconfig: run 'dotnet format CeleryNet.sln'"
fi

CELERYNET_TEST_REDIS=$(build/servers.sh redis start "$root/redis") && CELERYNET_TEST_RABBITMQ=$(build/servers.sh rabbitmq start "$root/rabbitmq") &&
  CELERYNET_TEST_POSTGRES=$(build/servers.sh postgres start "$root/postgres") || {
  fail_step "a server did not start"
  summary
  exit 1
}
CELERYNET_TEST_RABBITMQ_NODE=$(cat "$root/rabbitmq/node")
CELERYNET_TEST_RABBITMQ_FOLDER=$root/rabbitmq # for: build/servers.sh rabbitmq ctl FOLDER …
CELERYNET_TEST_SERVERS=$PWD/build/servers.sh
export CELERYNET_TEST_REDIS CELERYNET_TEST_RABBITMQ CELERYNET_TEST_POSTGRES CELERYNET_TEST_RABBITMQ_NODE CELERYNET_TEST_RABBITMQ_FOLDER CELERYNET_TEST_SERVERS

# One after the other, but for the suites of the brokers, which mostly wait for their servers, and for those that need no server.
brokers=() small=()
for project in "${projects[@]}"; do
  case $project in
    */CeleryNet.RabbitMQ.Tests.csproj | */CeleryNet.Redis.Tests.csproj | */CeleryNet.Sql.Tests.csproj) brokers+=("$project") ;;
    */CeleryNet.Tests.csproj | */CeleryNet.Testing.Tests.csproj | */CeleryNet.SourceGenerator.Tests.csproj) small+=("$project") ;;
    *) run_project "$project" ;;
  esac
done
[ ${#small[@]} = 0 ] || run_projects "${small[@]}"
[ ${#brokers[@]} = 0 ] || run_projects "${brokers[@]}"
summary
