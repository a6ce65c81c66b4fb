"""Canvases for the client, written as Python expressions.

In an expression t("add", 1, 2) is a signature of the task py.add or cs.add, depending on the placement "py", "cs", "py-cs" or "cs-py"; the last two alternate with each signature that is made.
on("cs", "add", 1, 2) is one whose place is fixed; built("accumulate", 1, index=0) is one of Celery's own tasks, at the .NET worker.
"""
import itertools

import celery
from celery.canvas import chunks, xmap, xstarmap
from celery.result import GroupResult, ResultBase

from app import app

held = {}  # results by id, since those of groups cannot be found again


def on(place, name, *args, **options):
    kwargs = options.pop("kwargs", {})
    return app.signature(f"{place}.{name}", args=args, kwargs=kwargs, queue=f"{app.conf.task_default_queue}.{place}", **options)


def built(name, *args, **kwargs):
    return app.signature(f"celery.{name}", args=args, kwargs=kwargs, queue=f"{app.conf.task_default_queue}.cs")


def make(code, placement):
    places = itertools.cycle(placement.split("-"))

    def t(name, *args, **options):
        return on(next(places), name, *args, **options)

    def mapped(kind, name, *args):
        place = next(places)
        return kind(on(place, name), *args).set(queue=f"{app.conf.task_default_queue}.{place}")

    names = {
        "t": t, "on": on, "built": built, "app": app, "chain": celery.chain, "group": celery.group, "chord": celery.chord,
        "xmap": lambda *args: mapped(xmap, *args), "xstarmap": lambda *args: mapped(xstarmap, *args), "chunks": lambda *args: mapped(chunks, *args),
    }
    return eval(code, names)


def canvas(code, placement, args=None):
    """Sends a canvas; the ids of its result and of what runs before it, last first."""
    result = make(code, placement).apply_async(tuple(args or ()))
    held[result.id] = result
    ids = []
    while result is not None:
        ids.append(result.id)
        result = result.parent
    return ids


def canvas_result(result, timeout):
    """The value of a canvas that was sent from here, or its error."""
    value = held[result]
    try:
        return {"value": value.get(timeout=timeout, interval=0.02)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def save_canvas(result):
    """Keeps a group that was sent from here."""
    held[result].save()


def tree(task):
    """What runs after a task, as Celery reads it from results: [id, [children]]."""
    def walk(result):
        if isinstance(result, GroupResult):
            return [result.id, [walk(member) for member in result.results]]
        return [result.id, [walk(child) for child in result.children or []]]
    return walk(app.AsyncResult(task))


def keys(pattern):
    """The keys in the result store that fit; Redis only."""
    return sorted(key.decode() for key in app.backend.client.keys(pattern))


COMMANDS = canvas, canvas_result, save_canvas, tree, keys
