"""A Celery client driven from another process: one JSON command per line on stdin, one JSON answer per line on stdout.

Answers carry the "id" of their command and either "ok" or "error" {"type", "message", "trace"}. Commands run in the order they are read.
"""
import base64
import celery
import celery.canvas
import celery.utils.time
import concurrent.futures
import datetime
import decimal
import json
import os
import sys
import time
import traceback
import uuid

from kombu import Exchange, Queue

import canvas
import monitor
from app import app

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # whatever prints by itself must not stand between the answers
results = {}  # AsyncResult by task id: rpc results are only readable through the object that sent


def revive(value):
    """{"$datetime": text} and the like become what JSON cannot write."""
    if isinstance(value, dict):
        if len(value) == 1:
            (key, inner), = value.items()
            if key == "$datetime":
                return datetime.datetime.fromisoformat(inner)
            if key == "$date":
                return datetime.date.fromisoformat(inner)
            if key == "$decimal":
                return decimal.Decimal(inner)
            if key == "$uuid":
                return uuid.UUID(inner)
            if key == "$text":
                return inner["letter"] * inner["count"]
        return {k: revive(v) for k, v in value.items()}
    if isinstance(value, list):
        return [revive(v) for v in value]
    return value


def send(task, args=None, kwargs=None, options=None, protocol=2):
    if app.conf.task_protocol != protocol:
        app.conf.task_protocol = protocol
        app.amqp.__dict__.pop("create_task_message", None)  # the setting is read once
    result = app.send_task(task, args=revive(args or []), kwargs=revive(kwargs or {}), **revive(options or {}))
    results[result.id] = result
    return result.id


def send_many(task, calls, options=None):
    """One task per argument list; the ids."""
    return [send(task, args, None, options) for args in calls]


def result_of(task_id):
    if task_id not in results:
        results[task_id] = app.AsyncResult(task_id)
    return results[task_id]


def get(task, timeout):
    result = result_of(task)
    try:
        value = result.get(timeout=timeout, interval=0.01)
    except Exception as error:  # every kind of failure is an answer
        return {"state": result.state, "error": describe(error), "traceback": result.traceback}
    return {"state": result.state, "value": value}


def describe(error):
    return {"type": type(error).__name__, "module": type(error).__module__, "args": plain(list(error.args)), "message": str(error)}


def plain(value):
    return json.loads(json.dumps(value, default=lambda other: describe(other) if isinstance(other, BaseException) else repr(other)))


def get_many(tasks, timeout):
    deadline = time.monotonic() + timeout
    return [get(task, max(0.01, deadline - time.monotonic())) for task in tasks]


def state(task):
    return result_of(task).state


def meta(task):
    """The stored document, as Celery's backend reads it."""
    return plain(app.backend.get_task_meta(task))


def info(task):
    """State and data as users of Celery read them."""
    result = result_of(task)
    return [result.state, plain(result.info)]


def watch(task, timeout):
    """Every state with its data, as a callback of get() sees them. Celery calls it with those of other tasks too, which this process waits for or has waited for."""
    seen = []

    def keep(meta):
        if meta["task_id"] == task:
            seen.append([meta["status"], plain(meta["result"])])

    result_of(task).get(timeout=timeout, on_message=keep)
    return seen


def forget(task):
    results.pop(task, app.AsyncResult(task)).forget()


def now():
    return time.time()


def revoke(task, terminate=False):
    """Celery's remote control: to every worker, no answer awaited."""
    app.control.revoke(task, terminate=terminate)


def add_consumer(queue, destination=None):
    """Celery's remote control: to every worker or the ones named, no answer awaited."""
    app.control.add_consumer(queue, destination=destination)


def cancel_consumer(queue, destination=None):
    """Celery's remote control: to every worker or the ones named, no answer awaited."""
    app.control.cancel_consumer(queue, destination=destination)


def consumed(timeout=3):
    """The queues that each answering worker consumes: inspect active_queues."""
    answers = app.control.inspect(timeout=timeout).active_queues() or {}
    return {node: sorted(queue["name"] for queue in queues) for node, queues in answers.items()}


def time_limit(task_name, soft=None, hard=None):
    """Celery's remote control: to every worker, no answer awaited."""
    app.control.time_limit(task_name, soft=soft, hard=hard)


def control(method, arguments=None, destination=None, pattern=None, matcher=None, timeout=1.0, limit=None):
    """Any remote control command; the replies by node name, and how many came."""
    replies = app.control.broadcast(
        method, arguments=arguments or {}, destination=destination, pattern=pattern, matcher=matcher, reply=True, timeout=timeout, limit=limit)
    return {"count": len(replies), "nodes": {node: reply for one in replies for node, reply in one.items()}}


def flower(timeout=1.0):
    """What Flower asks when it updates its workers: everything at once, each over a connection of its own."""
    questions = {"stats": {}, "active_queues": {}, "registered": {}, "scheduled": {}, "active": {"safe": True}, "reserved": {}, "revoked": {}, "conf": {}}

    def ask(item):
        method, arguments = item
        with app.connection_for_write() as connection:
            began = time.monotonic()
            inspect = app.control.inspect(timeout=timeout, connection=connection)
            reply = inspect._request(method, **arguments)
            return method, {"nodes": reply or {}, "seconds": time.monotonic() - began}

    with concurrent.futures.ThreadPoolExecutor(len(questions)) as threads:
        return dict(threads.map(ask, questions.items()))


def rate_limit(task_name, rate):
    """Celery's remote control: to every worker, no answer awaited."""
    app.control.rate_limit(task_name, rate)


def rates(texts):
    """Starts per second as Celery reads each text; null where it refuses."""
    def read(text):
        try:
            return float(celery.utils.time.rate(text))
        except (ValueError, KeyError):
            return None
    return [read(text) for text in texts]


def publish(queue, body=None, body_base64=None, headers=None, properties=None, content_type="application/json", content_encoding="utf-8"):
    """Any message to a queue, malformed ones included. An empty content type or encoding is left out."""
    raw = base64.b64decode(body_base64) if body_base64 is not None else body.encode()
    properties = dict(properties or {}, delivery_mode=2)
    with app.connection_for_write() as connection, connection.channel() as channel:
        queue_of(queue)(channel).declare()
        message = channel.prepare_message(
            raw, 0, content_type or None, content_encoding or None, headers=headers or {}, properties=properties)
        channel.basic_publish(message, exchange="", routing_key=queue)


def push(queue, text):
    """A list element as it stands; Redis only."""
    with app.connection_for_write() as connection:
        connection.default_channel.client.lpush(queue, text)


def queue_of(name):
    arguments = {"x-max-priority": app.conf.task_queue_max_priority} if app.conf.task_queue_max_priority else None
    return Queue(name, Exchange(name, type="direct"), routing_key=name, queue_arguments=arguments)


def length(queue):
    """How many messages wait in a queue; 0 when there is none such."""
    with app.connection_for_write() as connection, connection.channel() as channel:
        try:
            return channel.queue_declare(queue, passive=True).message_count
        except connection.channel_errors:
            return 0


def unacked():
    """How many messages are taken and not acknowledged; Redis only."""
    with app.connection_for_write() as connection:
        return connection.default_channel.client.hlen("unacked")


def delete(queues):
    """Removes queues, their exchanges and what waits in them."""
    for name in queues:
        with app.connection_for_write() as connection, connection.channel() as channel:
            if hasattr(channel, "client"):
                channel.client.delete("_kombu.binding." + name, *(channel._q_for_pri(name, step) for step in channel.priority_steps))
                continue
            channel.exchange_delete(name)
            channel.queue_delete(name)


def signatures():
    """Signatures of every kind, as Python writes and prints them."""
    return [{"json": json.dumps(one), "text": repr(one)} for one in canvases()]


def canvases():
    add, total, note = app.signature("py.add"), app.signature("py.total"), app.signature("py.note")
    def call(x, y):
        return app.signature("py.add", args=(x, y))
    linked = call(1, 2)
    linked.link(app.signature("py.add", args=(10,), options={"queue": "other", "countdown": 5}))
    linked.link_error(note)
    return [
        call(2, 3),
        app.signature("py.default", args=("a",), kwargs={"width": 3}),
        app.signature("py.add", args=(1, 2), immutable=True),
        call(2, 3).set(queue="q", countdown=3, priority=5, headers={"x-a": [1, None]}, foo={"bar": "Gr\u00fc\u00dfe"}),
        linked,
        celery.chain(call(2, 2), add.clone((4,)), add.clone((8,))),
        celery.group(call(2, 2), call(4, 4)),
        celery.chord([call(2, 2), call(4, 4)], total),
        celery.chain(call(1, 1), celery.group(add.clone((2,)), add.clone((3,))), total, add.clone((1,))),
        celery.group(celery.chain(call(1, 1), add.clone((2,))), celery.chord([call(1, 1)], total)),
        celery.chord(celery.group(call(1, 1), celery.group(call(2, 2), call(3, 3))), celery.chain(total, add.clone((1,)))),
        celery.canvas.xmap(total, [[1, 2], [3, 4]]),
        celery.canvas.xstarmap(add, [[1, 2], [3, 4]]),
        celery.canvas.chunks(add, [[1, 2], [3, 4], [5, 6]], 2),
    ]


def differences(texts):
    """The places where what came back is no longer what Python wrote."""
    found = []
    for index, (one, text) in enumerate(zip(canvases(), texts)):
        sent = celery.signature(json.loads(json.dumps(one)))  # as Python itself reads it: its tuples are lists then
        back = celery.signature(json.loads(text))
        if json.loads(json.dumps(sent)) != json.loads(json.dumps(back)) or repr(sent) != repr(back):
            found.append([index, repr(sent), repr(back)])
    return found


def restore_group(group, timeout):
    """The results of a saved group."""
    return app.GroupResult.restore(group).get(timeout=timeout)


def save_group(calls):
    """Sends a group, saves it; its id."""
    result = celery.group(app.signature("py.add", args=tuple(args)) for args in calls).apply_async()
    result.save()
    return result.id


def run_signature(text, timeout):
    """Sends a signature from its JSON and waits for its result."""
    return celery.signature(json.loads(text), app=app).apply_async().get(timeout=timeout)


def answer(command):
    arguments = dict(command)
    name = arguments.pop("do")
    arguments.pop("id", None)
    return COMMANDS[name](**arguments)


COMMANDS = {f.__name__: f for f in (
    send, send_many, get, get_many, state, meta, info, watch, forget, now, revoke, add_consumer, cancel_consumer, consumed, time_limit, rate_limit, rates, control, flower, publish, push,
    length, unacked, delete, signatures, differences, restore_group, save_group, run_signature, *monitor.COMMANDS, *canvas.COMMANDS)}


def main():
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            text = json.dumps({"id": command.get("id"), "ok": answer(command)}, default=repr)
        except Exception as error:
            text = json.dumps({"id": command.get("id"), "error": {**describe(error), "trace": traceback.format_exc()}})
        print(text, file=answers, flush=True)


if __name__ == "__main__":
    main()
