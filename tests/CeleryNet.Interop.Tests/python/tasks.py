"""Tasks of the Python worker that C# clients call."""
import base64
import datetime
import decimal
import json
import time
import uuid

from celery.exceptions import Ignore, Reject

from app import app


class OutOfStock(Exception):
    """An exception class of the user's own, with more than one argument."""

    def __init__(self, article, left):
        super().__init__(article, left)
        self.article = article
        self.left = left


@app.task(name="py.add")
def add(x, y):
    return x + y


@app.task(name="py.total")
def total(values):
    return sum(values)


@app.task(name="py.triple")
def triple(value):
    return 3 * value


@app.task(name="py.note")
def note(text):
    return f"noted {text}"


@app.task(name="py.tagged", bind=True)
def tagged(self):
    """The stamps that arrived; Celery 5.2 keeps them as it keeps any header."""
    headers = self.request.headers or {}
    return {"stamps": getattr(self.request, "stamps", None) or headers.get("stamps"), "names": getattr(self.request, "stamped_headers", None) or headers.get("stamped_headers")}


@app.task(name="py.echo")
def echo(value):
    return value


@app.task(name="py.kind")
def kind(value):
    """Name of the type that arrived, and its repr."""
    return {"type": type(value).__name__, "repr": repr(value)}


@app.task(name="py.keywords")
def keywords(*, first, second="two", third=None):
    return {"first": first, "second": second, "third": third}


@app.task(name="py.default")
def default(value, width=128):
    return f"{value}:{width}"


@app.task(name="py.anything")
def anything(*args, **kwargs):
    return {"args": list(args), "kwargs": kwargs}


@app.task(name="py.types")
def types():
    """Every type JSON knows, as a C# client reads it."""
    return {
        "null": None, "true": True, "false": False, "int": 42, "negative": -7, "long": 2 ** 53 + 1, "huge": 2 ** 80, "float": 1.5, "exponent": 1e300,
        "text": "Grüße, 世界 🎉", "empty": "", "list": [1, "two", None, [3]], "object": {"a": {"b": [{"c": None}]}}, "emptyList": [], "emptyObject": {},
    }


@app.task(name="py.clock")
def clock():
    """Values that kombu writes as text (5.2) or in an envelope (5.3 and later)."""
    zone = datetime.timezone(datetime.timedelta(hours=2))
    return {
        "utc": datetime.datetime(2026, 3, 29, 1, 2, 3, 456789, tzinfo=datetime.timezone.utc),
        "zone": datetime.datetime(2026, 3, 29, 3, 2, 3, 456789, tzinfo=zone),
        "date": datetime.date(2026, 3, 29),
        "decimal": decimal.Decimal("12345678901234567890.123456789"),
        "uuid": uuid.UUID("6f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c"),
    }


@app.task(name="py.utc")
def utc():
    return datetime.datetime(2026, 3, 29, 1, 2, 3, 456789, tzinfo=datetime.timezone.utc)


@app.task(name="py.zone")
def zone():
    return datetime.datetime(2026, 3, 29, 3, 2, 3, 456789, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))


@app.task(name="py.decimal")
def decimal_():
    return decimal.Decimal("12345.678900")


@app.task(name="py.uuid")
def uuid_():
    return uuid.UUID("6f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c")


@app.task(name="py.instant")
def instant(text):
    """Seconds since 1970 of a date that arrived as text; proves that Python reads what C# wrote."""
    return datetime.datetime.fromisoformat(text).timestamp()


@app.task(name="py.bytes")
def bytes_(text):
    """Takes bytes as base64 text, gives their sum and themselves reversed."""
    data = base64.b64decode(text)
    return {"sum": sum(data), "reversed": base64.b64encode(data[::-1]).decode()}


@app.task(name="py.length")
def length(text):
    return len(text)


@app.task(name="py.big")
def big(size):
    return "x" * size


@app.task(name="py.fail")
def fail(kind_, *args):
    raise {"ValueError": ValueError, "KeyError": KeyError, "OutOfStock": OutOfStock}[kind_](*args)


@app.task(name="py.fail_chained")
def fail_chained():
    try:
        {}["missing"]
    except KeyError as error:
        raise RuntimeError("while looking up") from error


@app.task(name="py.sleep")
def sleep(seconds):
    time.sleep(seconds)
    return seconds


@app.task(name="py.now")
def now(tag=None):
    """Unix time at which it ran."""
    return time.time()


@app.task(name="py.unique")
def unique(customer):
    return f"done for {customer}"


@app.task(name="py.request", bind=True)
def request(self):
    """What the worker knows about the call."""
    r = self.request
    return {
        "id": r.id, "task": r.task, "root_id": r.root_id, "parent_id": r.parent_id, "retries": r.retries, "eta": r.eta, "expires": r.expires,
        "origin": r.origin, "shadow": r.shadow, "lang": r.lang, "timelimit": r.timelimit, "argsrepr": r.argsrepr, "kwargsrepr": r.kwargsrepr,
        "ignore_result": r.ignore_result, "reply_to": r.reply_to, "correlation_id": r.correlation_id, "group": r.group,
        "priority": (r.delivery_info or {}).get("priority"), "routing_key": (r.delivery_info or {}).get("routing_key"),
        "exchange": (r.delivery_info or {}).get("exchange"),
        "headers": {k: v for k, v in (r.headers or {}).items() if k.startswith("x-")},
        "custom": {k: getattr(r, k, None) for k in ("tenant", "attempt", "nested")},
        "compression": (r.headers or {}).get("compression") or getattr(r, "compression", None),
    }


@app.task(name="py.ignored", ignore_result=True)
def ignored(value):
    return value


@app.task(name="py.tracked", track_started=True)
def tracked(value):
    return value


@app.task(name="py.progress", bind=True)
def progress(self, steps):
    for step in range(steps):
        self.update_state(state="PROGRESS", meta={"done": step + 1})
    return steps


@app.task(name="py.reporting", bind=True)
def reporting(self, steps):
    """The last report stays long enough to be seen for certain."""
    for step in range(steps):
        self.update_state(state="PROGRESS", meta={"done": step + 1, "of": steps})
    time.sleep(1.5)
    return steps


@app.task(name="py.retrying", bind=True, max_retries=3)
def retrying(self, failures):
    """Fails so often, then says how often it was tried again."""
    if self.request.retries < failures:
        raise self.retry(exc=ValueError("again"), countdown=0)
    return self.request.retries


@app.task(name="py.ignore")
def ignore():
    raise Ignore()


@app.task(name="py.reject")
def reject():
    raise Reject("no", requeue=False)


@app.task(name="py.call", bind=True)
def call(self, task, args, queue):
    """Sends a task by name from within a task; its id, so that the parent's children are seen."""
    return self.app.send_task(task, args=args, queue=queue).id


@app.task(name="fleet.where")
def where(number):
    """Also a task of the .NET worker: whoever is free takes it."""
    time.sleep(0.02)
    return "python"


@app.task(name="fleet.retried_by_csharp", bind=True)
def retried_by_csharp(self, number):
    """Ends what the .NET worker has retried."""
    return f"python {number} {'retried' if self.request.retries > 0 else 'at once'}"


@app.task(name="fleet.retried_by_python", bind=True, max_retries=None)
def retried_by_python(self, number):
    """Only retries, until the .NET worker gets it."""
    raise self.retry(exc=ValueError("elsewhere"), countdown=0)


@app.task(name="py.sum")
def sum_(values):
    return sum(values)


@app.task(name="py.list")
def list_(*values):
    return list(values)


@app.task(name="py.raise")
def raise_(*args):
    raise ValueError("bad", 7)


@app.task(name="py.replace", bind=True)
def replace(self, queue, code):
    """Replaces itself by a canvas of the other side, written as the client writes it."""
    import canvas
    return self.replace(canvas.make(code, "cs"))


@app.task(name="py.grow", bind=True)
def grow(self, value, added):
    """Adds a task of the other side to its chord."""
    import canvas
    self.add_to_chord(canvas.on("cs", "add", added, 0))
    return value


@app.task(name="py.same_text")
def same_text(value):
    return value


@app.task(name="py.grow_slowly", bind=True)
def grow_slowly(self, value):
    """Adds a task of the other side to its chord, which ends long after this one."""
    import canvas
    self.add_to_chord(canvas.on("cs", "tracked", 1500))
    return value


def text(value):
    return f"[{', '.join(text(item) for item in value)}]" if isinstance(value, list) else "" if value is None else str(value)


# Of random canvases; the .NET worker has the same four. Each returns its label and what it was given.
@app.task(name="random.node")
def node(previous=None, label="", replacement=""):
    return f"{label}({text(previous)})"


@app.task(name="random.boom")
def boom(previous=None, label="", replacement=""):
    raise ValueError(f"{label}({text(previous)})")


@app.task(name="random.again", bind=True, max_retries=1)
def again(self, previous=None, label="", replacement=""):
    if self.request.retries == 0:
        raise self.retry(countdown=0)
    return f"{label}({text(previous)})"


@app.task(name="random.swap", bind=True)
def swap(self, previous=None, label="", replacement=""):
    return self.replace(self.app.signature(json.loads(replacement)))


@app.task(name="py.alarm")
def alarm(request, exc=None, traceback=None):
    """An error callback for both conventions: the request from its own worker, which calls it itself, the id from everybody else."""
    app.backend.client.setex(f"alarm-{getattr(request, 'id', request)}", 600, f"{'called' if exc is not None else 'sent'} {type(exc).__name__}")
    return getattr(request, "id", request)


@app.task(name="py.alarmed")
def alarmed(task):
    """What py.alarm has noted of a task, or nothing yet."""
    note = app.backend.client.get(f"alarm-{task}")
    return note.decode() if note else None
