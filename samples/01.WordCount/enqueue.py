#!/usr/bin/env python3
"""Sends the same task from Python to the C# workers of this sample.

Start a worker:   dotnet run --project samples/01.WordCount -- --broker redis://localhost:6379/0 --worker
Then send:        python3 samples/01.WordCount/enqueue.py redis://localhost:6379/0 README.md
"""
import os
import sys

from celery import Celery

broker, paths = sys.argv[1], sys.argv[2:]
app = Celery(broker=broker, backend="rpc://" if broker.startswith("amqp") else broker)
results = [(path, app.send_task("words.count", [os.path.abspath(path)])) for path in paths]
for path, result in results:
    counts = result.get(timeout=30)
    top = sorted(counts.items(), key=lambda pair: -pair[1])[:3]
    print(f"{path}: {sum(counts.values())} words, most often {', '.join(word for word, _ in top)}")
