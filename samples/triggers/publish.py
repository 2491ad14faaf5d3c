#!/usr/bin/env python3
"""Starts a run from Python: publishes a trigger, plain JSON, to the exchange pipeline-requested.

usage: publish.py [TRIGGER.json]

Needs pika (Debian's python3-pika, or pip install pika). The broker is AMQP_URL, else that of the system started from this folder.
"""
import json
import os
import pathlib
import sys

import pika

here = pathlib.Path(__file__).resolve().parent
url = os.environ.get("AMQP_URL") or (here / "../../.qat/data/messaging.connection").read_text().strip()
trigger = json.loads(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else here / "trigger.json").read_text())

connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()
channel.basic_publish(
    exchange="pipeline-requested",
    routing_key="",
    body=json.dumps(trigger).encode(),
    properties=pika.BasicProperties(content_type="application/json", delivery_mode=2),
)
connection.close()
