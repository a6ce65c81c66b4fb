"""A monitor inside the client: Celery's own event receiver and the state of the cluster that it feeds."""
import threading
import time

from celery.events.state import State

from app import app

state = State()
seen = []  # every event, in the order of arrival


def observe():
    """Starts to receive. On Redis it takes a moment until the first events come: wait for one."""
    threading.Thread(target=capture, daemon=True).start()


def capture():
    while True:
        try:
            with app.connection_for_read() as connection:
                app.events.Receiver(connection, handlers={"*": on_event}).capture()
        except connection_errors():
            time.sleep(0.1)


def connection_errors():
    connection = app.connection_for_read()
    return connection.connection_errors + connection.channel_errors + (OSError,)


def on_event(event):
    seen.append(event)
    state.event(event)


def seen_task(task):
    """What Celery's state knows of a task; null before its first event."""
    return describe_task(state.tasks.get(task))


def describe_task(known):
    if known is None:
        return None
    fields = ("uuid", "name", "state", "args", "kwargs", "result", "exception", "traceback", "runtime", "timestamp", "sent", "received", "started", "succeeded",
              "failed", "retried", "revoked", "rejected", "retries", "eta", "expires", "root_id", "parent_id", "client", "queue")
    described = {name: getattr(known, name, None) for name in fields}
    described["worker"] = known.worker.hostname if known.worker else None
    return described


def seen_types(task):
    """The types of all events about a task, in the order of arrival."""
    return [event["type"] for event in list(seen) if event.get("uuid") == task]


def seen_worker(node):
    """What Celery's state knows of a worker; null before its first event."""
    worker = state.workers.get(node)
    if worker is None:
        return None
    return {name: getattr(worker, name) for name in ("alive", "active", "processed", "freq", "loadavg", "sw_ident", "sw_ver", "sw_sys", "pid")}


def feed(events):
    """A state of its own that is fed with these events: the states of the tasks."""
    fed = State()
    for event in events:
        fed.event(dict(event, local_received=event["timestamp"]))
    return {task_id: describe_task(task) for task_id, task in fed.itertasks()}


def enable_events():
    return app.control.enable_events(reply=True, timeout=2)


def disable_events():
    return app.control.disable_events(reply=True, timeout=2)


COMMANDS = (observe, seen_task, seen_types, seen_worker, feed, enable_events, disable_events)
