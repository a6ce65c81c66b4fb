"""Says when Celery's own schedules are due: one JSON array of questions in, one JSON array of answers out.

{"crontab": [minute, hour, day_of_week, day_of_month, month_of_year], "after": ISO 8601, "count": n}
{"solar": [event, latitude, longitude], "after": ISO 8601, "count": n}
    ["ISO 8601", …] or {"error": text}
"""
import json
import sys
from datetime import datetime

from celery import Celery
from celery.schedules import crontab, solar

app = Celery("schedules", broker="memory://")


def answer(question):
    last = datetime.fromisoformat(question["after"])
    kind, args = (crontab, question["crontab"]) if "crontab" in question else (solar, question["solar"])
    schedule = kind(*args, nowfun=lambda: last, app=app)
    runs = []
    for _ in range(question["count"]):
        last = last + schedule.remaining_estimate(last)
        runs.append(last.isoformat())
    return runs


def main():
    answers = []
    for question in json.loads(sys.stdin.readline()):
        try:
            answers.append(answer(question))
        except Exception as error:
            answers.append({"error": repr(error)})
    print(json.dumps(answers))


main()
