"""Tasks of the Python worker, called from C#."""
import collections
import os
import re

from celery import Celery

redis = os.environ["REDIS_URL"]
app = Celery(broker=redis, backend=redis)


@app.task(name="words.count")
def count_words(text):
    return collections.Counter(re.findall(r"\w+", text.lower()))
