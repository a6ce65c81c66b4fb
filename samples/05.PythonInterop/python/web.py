"""A Flask application that lets C# compute: GET /factors/<number>."""
import os

from celery import Celery
from flask import Flask, jsonify

redis = os.environ["REDIS_URL"]
queue = Celery(broker=redis, backend=redis)
web = Flask(__name__)


@web.get("/factors/<int:number>")
def factors(number):
    result = queue.send_task("primes.factors", kwargs={"number": number}, queue="csharp")
    try:
        return jsonify(result.get(timeout=20))
    except Exception as error:  # whatever the C# task threw
        return jsonify(type=type(error).__name__, message=str(error)), 422


if __name__ == "__main__":
    web.run(host="127.0.0.1", port=int(os.environ.get("PORT", "5001")))
