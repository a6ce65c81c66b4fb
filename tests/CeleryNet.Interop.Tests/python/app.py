"""The Celery application of the interop tests, configured from the environment.

CELERYNET_BROKER, CELERYNET_BACKEND   URLs as Celery reads them
CELERYNET_QUEUE                       default queue
CELERYNET_MAX_PRIORITY                x-max-priority of every queue; empty for none
CELERYNET_EXIT_WITH_STDIN             set: a worker stops when its stdin ends, so that none outlives the tests
"""
import os
import signal
import threading

from celery import Celery

app = Celery("interop", broker=os.environ["CELERYNET_BROKER"], backend=os.environ.get("CELERYNET_BACKEND") or None)
app.conf.update(
    task_default_queue=os.environ.get("CELERYNET_QUEUE", "celery"),
    task_queue_max_priority=int(os.environ["CELERYNET_MAX_PRIORITY"]) if os.environ.get("CELERYNET_MAX_PRIORITY") else None,
    task_track_started=False,
    broker_connection_retry_on_startup=True,
    result_expires=600,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
)


def exit_with_stdin():
    while os.read(0, 4096):  # not sys.stdin: its lock, held here, would hang the worker's forked children
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if os.environ.get("CELERYNET_EXIT_WITH_STDIN"):
    threading.Thread(target=exit_with_stdin, daemon=True).start()
