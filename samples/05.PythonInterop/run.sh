#!/usr/bin/env bash
# Starts the C# API with its worker (port 5000), the Flask application (port 5001) and a Python worker; ends them together. Needs python3-celery, python3-redis and python3-flask.
#
#   samples/05.PythonInterop/run.sh [REDIS_URL]
#   curl -X POST localhost:5000/words -H 'Content-Type: application/json' -d '{"body":"to be or not to be"}'     C# asks Python
#   curl localhost:5001/factors/360360                                                                           Python asks C#
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export REDIS_URL=${1:-redis://localhost:6379/0} CSHARP_PORT=${CSHARP_PORT:-5000} PORT=${PORT:-5001}
trap 'trap - EXIT INT TERM; kill $(jobs -p) 2>/dev/null || true; wait' EXIT INT TERM

(cd python && exec /usr/bin/python3 -m celery -A tasks worker -Q python -P solo -l INFO) &
/usr/bin/python3 python/web.py &
dotnet run -c "${CONFIGURATION:-Release}" ${NO_BUILD:+--no-build} -- --redis "$REDIS_URL" --urls "http://127.0.0.1:$CSHARP_PORT" &
wait -n # when one ends, all do
