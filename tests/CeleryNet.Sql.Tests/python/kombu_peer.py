"""A Celery producer or worker on kombu's SQL transport.

kombu_peer.py prepare BROKER BACKEND QUEUE       makes the tables and the queue: who does so at the same moment as another is refused by the server
kombu_peer.py send BROKER BACKEND QUEUE COUNT    sends, prints the results as JSON
kombu_peer.py later BROKER BACKEND QUEUE COUNT   sends for an hour later, prints the ids
kombu_peer.py work BROKER BACKEND QUEUE          runs tasks until it is killed
"""
import json
import sys

from celery import Celery

command, broker, backend, queue = sys.argv[1:5]
app = Celery('peer', broker=broker, backend=backend)
app.conf.task_default_queue = queue


@app.task(name='tests.where')
def where():
    return 'python'


if command == 'work':
    app.worker_main(['worker', '-P', 'solo', '-Q', queue, '-n', 'peer@tests', '--without-gossip', '--without-mingle', '--without-heartbeat'])
elif command == 'prepare':
    with app.connection() as connection:
        connection.default_channel.queue_declare(queue)
    app.backend.get_task_meta('none')
else:
    options = {'countdown': 3600} if command == 'later' else {}
    sent = [where.apply_async(**options) for _ in range(int(sys.argv[5]))]
    print(json.dumps([one.id if command == 'later' else one.get(timeout=60, interval=0.1) for one in sent]))
