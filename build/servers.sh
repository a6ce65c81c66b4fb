#!/usr/bin/env bash
# Runs private RabbitMQ, Redis and PostgreSQL servers for tests: loopback only, free ports, everything they write below one folder.
#
#   build/servers.sh rabbitmq|redis|postgres start   FOLDER   start (again) and print the connection string; the port stays that of the first start
#   build/servers.sh rabbitmq|redis|postgres stop    FOLDER   stop gracefully, keep the data
#   build/servers.sh rabbitmq|redis|postgres kill    FOLDER   kill -9, keep the data
#   build/servers.sh rabbitmq|redis|postgres remove  FOLDER   kill what runs and delete the folder
#   build/servers.sh rabbitmq                ctl     FOLDER …  rabbitmqctl against this instance
#
# FOLDER must be absolute; it is created. Environment of `start`: CELERYNET_REDIS_DURABLE=1 gives Redis an append-only file that is written before
# each reply, or when CELERYNET_REDIS_FSYNC (appendfsync) says; CELERYNET_REDIS_REPLICAOF="127.0.0.1 PORT" makes it a replica. RabbitMQ needs neither its system service nor its default ports; started by root it runs as the user rabbitmq.
# PostgreSQL, started by root, runs as the user postgres; it needs no cluster of Debian's own.
set -euo pipefail

fail() { echo "servers.sh: $*" >&2; exit 1; }

[ $# -ge 3 ] || { sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2; }
kind=$1 action=$2 folder=$3
shift 3
case $folder in /?*) ;; *) fail "the folder '$folder' is not an absolute path" ;; esac

start_seconds=60

# A server outlives whoever asked for it; what that held open, such as a lock, it must not keep. Bash itself reads this script through 255.
for descriptor in /proc/$$/fd/*; do
  descriptor=${descriptor##*/}
  case $descriptor in 0 | 1 | 2 | 255 | *[!0-9]*) ;; *) eval "exec $descriptor>&-" ;; esac
done

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range from which the system takes ports of outgoing connections, so that a stopped server finds its port free again.
free_port() {
  local port
  for _ in {1..200}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    answers "$port" || { echo "$port"; return; }
  done
  fail "no free port between 20000 and 31999"
}

# A zombie is dead too: where nobody reaps, it stays.
is_alive() { [ -s "$folder/$1" ] && grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$(cat "$folder/$1")/status"; }

end() { # PID_FILE SIGNAL: signals the process and waits for its end
  is_alive "$1" || return 0
  kill "-$2" "$(cat "$folder/$1")" 2>/dev/null || true
  for _ in {1..300}; do
    is_alive "$1" || break
    sleep 0.1
  done
  ! is_alive "$1" || kill -KILL "$(cat "$folder/$1")" 2>/dev/null || true
  rm -f "$folder/$1" # the number may soon be another process's
}

# ---- Redis -----------------------------------------------------------------------------------------------------------------------------

redis_answers() { [ "$(redis-cli -h 127.0.0.1 -p "$1" ping 2>/dev/null)" = PONG ] && is_alive pid; }

redis_start() {
  command -v redis-server >/dev/null || fail "redis-server is not installed"
  local attempt port
  mkdir -p "$folder"
  for attempt in 1 2 3; do
    port=$(cat "$folder/port" 2>/dev/null || free_port)
    local options=(--port "$port" --bind 127.0.0.1 --dir "$folder" --databases 64 --save "" --daemonize no --logfile "$folder/redis.log")
    if [ -n "${CELERYNET_REDIS_DURABLE:-}" ] || [ -d "$folder/appendonlydir" ]; then options+=(--appendonly yes --appendfsync "${CELERYNET_REDIS_FSYNC:-always}"); fi
    if [ -n "${CELERYNET_REDIS_REPLICAOF:-}" ]; then options+=(--replicaof "$CELERYNET_REDIS_REPLICAOF"); fi
    redis-server "${options[@]}" </dev/null >/dev/null 2>&1 &
    echo $! >"$folder/pid"
    for ((i = 0; i < start_seconds * 20; i++)); do
      if redis_answers "$port"; then
        echo "$port" >"$folder/port"
        echo "redis://127.0.0.1:$port/0"
        return
      fi
      is_alive pid || break # the port was taken in the meantime, or worse
      sleep 0.05
    done
  done
  tail -n 20 "$folder/redis.log" >&2 || true
  fail "Redis did not start on port $port after $attempt attempts; see above"
}

redis_stop() { end pid TERM; }

# ---- RabbitMQ --------------------------------------------------------------------------------------------------------------------------

rabbitmq_bin=/usr/lib/rabbitmq/bin
[ -x "$rabbitmq_bin/rabbitmq-server" ] || rabbitmq_bin=$(dirname "$(readlink -f "$(command -v rabbitmq-server || echo /usr/sbin/rabbitmq-server)")")

# Sets `command` to what runs "$@" for this instance: as its user, in a clean environment (RABBITMQ_… and ERL_… of the caller mean another one).
for_rabbitmq() {
  command=(env -i
    "HOME=$folder/home" "PATH=$PATH" "LANG=${LANG:-C.UTF-8}" "TMPDIR=$folder/home"
    "ERL_EPMD_PORT=$(cat "$folder/epmd.port")" "ERL_EPMD_ADDRESS=127.0.0.1"
    "RABBITMQ_NODENAME=$(cat "$folder/node")" "RABBITMQ_NODE_PORT=$(cat "$folder/port")" "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1"
    "RABBITMQ_DIST_PORT=$(cat "$folder/dist.port")"
    "RABBITMQ_MNESIA_BASE=$folder/data" "RABBITMQ_LOG_BASE=$folder/log" "RABBITMQ_PID_FILE=$folder/home/pid"
    "RABBITMQ_CONF_ENV_FILE=$folder/rabbitmq-env.conf" "RABBITMQ_CONFIG_FILE=$folder/rabbitmq" "RABBITMQ_ADVANCED_CONFIG_FILE=$folder/advanced"
    "RABBITMQ_ENABLED_PLUGINS_FILE=$folder/enabled_plugins"
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}"
    RUNNING_UNDER_SYSTEMD=true # no shell script between us and the server, so its pid is the one we started
    "$@")
  if [ "$(id -u)" = 0 ]; then command=(setpriv --reuid rabbitmq --regid rabbitmq --init-groups "${command[@]}"); fi
}

rabbitmq_prepare() {
  [ ! -s "$folder/port" ] || return 0
  mkdir -p "$folder/home" "$folder/data" "$folder/log"
  free_port >"$folder/port"
  free_port >"$folder/dist.port"
  free_port >"$folder/epmd.port"
  echo "celerynet-$(basename "$folder")-$$@localhost" | tr -c 'A-Za-z0-9@\n-' - >"$folder/node"
  head -c 24 /dev/urandom | base64 | tr -dc A-Za-z0-9 >"$folder/home/.erlang.cookie"
  chmod 600 "$folder/home/.erlang.cookie"
  echo '[].' >"$folder/enabled_plugins"
  : >"$folder/rabbitmq-env.conf"
  # The defaults would raise an alarm and block publishers on a machine that is merely small.
  printf '%s\n' 'disk_free_limit.absolute = 20MB' 'vm_memory_high_watermark.relative = 0.8' 'log.file.level = info' >"$folder/rabbitmq.conf"
  if [ "$(id -u)" = 0 ]; then chown -R rabbitmq:rabbitmq "$folder"; fi
}

rabbitmq_epmd() {
  is_alive epmd.pid && return
  # In the foreground and ours: the one that Erlang would start by itself outlives its nodes.
  for_rabbitmq epmd -address 127.0.0.1 -port "$(cat "$folder/epmd.port")"
  "${command[@]}" </dev/null >/dev/null 2>&1 &
  echo $! >"$folder/epmd.pid"
  for _ in {1..100}; do
    if answers "$(cat "$folder/epmd.port")" && is_alive epmd.pid; then return; fi
    sleep 0.05
  done
  return 1
}

rabbitmq_try_start() {
  rabbitmq_epmd || return 1
  for_rabbitmq "$rabbitmq_bin/rabbitmq-server"
  "${command[@]}" </dev/null >>"$folder/start.log" 2>&1 &
  echo $! >"$folder/pid"
  for ((i = 0; i < start_seconds * 10; i++)); do
    is_alive pid || return 1
    # The listener opens last.
    if answers "$(cat "$folder/port")" && is_alive pid; then return 0; fi
    sleep 0.1
  done
  return 1
}

rabbitmq_start() {
  [ -x "$rabbitmq_bin/rabbitmq-server" ] || fail "rabbitmq-server is not installed"
  local attempt
  for attempt in 1 2 3; do
    local is_first_start=
    [ -s "$folder/port" ] || is_first_start=yes
    rabbitmq_prepare
    if rabbitmq_try_start; then
      echo "amqp://guest:guest@127.0.0.1:$(cat "$folder/port")/"
      return
    fi
    tail -n 40 "$folder/start.log" >&2 || true
    end pid KILL
    [ -n "$is_first_start" ] || break
    end epmd.pid KILL
    rm -rf "${folder:?}"/* # one of its ports was taken in the meantime: choose again
  done
  fail "RabbitMQ did not start after $attempt attempts; see above"
}

rabbitmq_stop() { end pid TERM; } # Erlang's init stops the applications in order on SIGTERM

# ---- PostgreSQL ------------------------------------------------------------------------------------------------------------------------

postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$postgres_bin" ] || postgres_bin=$(dirname "$(command -v postgres || echo /usr/bin/postgres)")

# Sets `command` to what runs "$@" as the user that may own a cluster, in a clean environment (PG… of the caller means another server).
for_postgres() {
  command=(env -i "HOME=$folder" "PATH=$PATH" "LANG=C.UTF-8" "TMPDIR=$folder" "$@")
  if [ "$(id -u)" = 0 ]; then command=(setpriv --reuid postgres --regid postgres --init-groups "${command[@]}"); fi
}

postgres_prepare() {
  [ ! -s "$folder/port" ] || return 0
  mkdir -p "$folder"
  free_port >"$folder/port"
  head -c 24 /dev/urandom | base64 | tr -dc A-Za-z0-9 >"$folder/password"
  if [ "$(id -u)" = 0 ]; then chown -R postgres:postgres "$folder"; fi
  for_postgres "$postgres_bin/initdb" -D "$folder/data" -U postgres --auth=scram-sha-256 --pwfile="$folder/password" --encoding=UTF8 --locale=C.UTF-8
  (cd "$folder" && "${command[@]}" </dev/null >"$folder/initdb.log" 2>&1) || { tail -n 20 "$folder/initdb.log" >&2; return 1; }
}

postgres_try_start() {
  if is_alive pid; then return 0; fi
  for_postgres "$postgres_bin/postgres" -D "$folder/data" -p "$(cat "$folder/port")" -c listen_addresses=127.0.0.1 -c "unix_socket_directories=$folder" \
    -c max_connections=200 -c shared_buffers=64MB
  (cd "$folder" && exec "${command[@]}" </dev/null >>"$folder/postgres.log" 2>&1) &
  echo $! >"$folder/pid"
  for ((i = 0; i < start_seconds * 10; i++)); do
    is_alive pid || return 1
    if "$postgres_bin/pg_isready" -q -h 127.0.0.1 -p "$(cat "$folder/port")" && is_alive pid; then return 0; fi
    sleep 0.1
  done
  return 1
}

postgres_start() {
  [ -x "$postgres_bin/postgres" ] || fail "postgresql is not installed"
  local attempt
  for attempt in 1 2 3; do
    local is_first_start=
    [ -s "$folder/port" ] || is_first_start=yes
    if postgres_prepare && postgres_try_start; then
      echo "postgresql://postgres:$(cat "$folder/password")@127.0.0.1:$(cat "$folder/port")/postgres"
      return
    fi
    tail -n 20 "$folder/postgres.log" >&2 || true
    end pid KILL
    [ -n "$is_first_start" ] || break
    rm -rf "${folder:?}"/* # its port was taken in the meantime: choose again
  done
  fail "PostgreSQL did not start after $attempt attempts; see above"
}

postgres_stop() { end pid INT; } # "fast": sessions are ended, what was committed is kept

# Its processes share memory: those that outlive the postmaster would keep the next one from starting.
postgres_kill() {
  local pid children
  is_alive pid || return 0
  pid=$(cat "$folder/pid")
  children=$(pgrep -P "$pid" || true)
  end pid KILL
  for pid in $children; do kill -KILL "$pid" 2>/dev/null || true; done
}

# ----------------------------------------------------------------------------------------------------------------------------------------

case $kind-$action in
  redis-start) redis_start ;;
  rabbitmq-start) rabbitmq_start ;;
  postgres-start) postgres_start ;;
  redis-stop) redis_stop ;;
  rabbitmq-stop) rabbitmq_stop ;;
  redis-kill | rabbitmq-kill) end pid KILL ;;
  postgres-stop) postgres_stop ;;
  postgres-kill) postgres_kill ;;
  postgres-remove)
    postgres_kill
    rm -rf "$folder"
    ;;
  rabbitmq-ctl)
    for_rabbitmq "$rabbitmq_bin/rabbitmqctl" -q -n "$(cat "$folder/node")" "$@"
    "${command[@]}"
    ;;
  redis-remove | rabbitmq-remove)
    end pid KILL
    end epmd.pid KILL
    rm -rf "$folder"
    ;;
  *) fail "'$kind $action' is unknown" ;;
esac
