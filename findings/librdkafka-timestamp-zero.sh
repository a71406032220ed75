#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# librdkafka 2.16.0 (PyPI: confluent-kafka 2.16.1), on its own mock cluster; 2.0.2 does the same.
#
# Producing with timestamp 0 means "now": a record whose time stamp is the first millisecond of 1970, as sensors without a clock
# write them, cannot be written again as it is. The milliseconds beside it, -1 and 1, pass unchanged.
#
# Seen:
#   asked for -1: got -1
#   asked for 0: got the time of day
#   asked for 1: got 1
#
# For a mirror: a record of time stamp 0 is the one that is not byte for byte what it was. Count it, or write it by another way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check confluent-kafka==2.16.1
cat > "$folder/expected" << 'TEXT'
asked for -1: got -1
asked for 0: got the time of day
asked for 1: got 1
TEXT
cat > "$folder/probe.py" << 'PYTHON'
import time
from confluent_kafka import Consumer, Producer, TopicPartition

began = int(time.time() * 1000)
# One process is the cluster (for as long as this producer lives), the writer and the reader.
producer = Producer({"test.mock.num.brokers": 1, "log_level": 0})
asked = [-1, 0, 1]
for timestamp in asked:
    producer.produce("records", str(timestamp), partition=0, timestamp=timestamp)
assert producer.flush(30) == 0
broker = next(iter(producer.list_topics(timeout=30).brokers.values()))
reader = Consumer({"bootstrap.servers": f"{broker.host}:{broker.port}", "group.id": "reader", "log_level": 0})
reader.assign([TopicPartition("records", 0, 0)])
deadline = time.time() + 60
while asked and time.time() < deadline:
    message = reader.poll(1)
    if message is None or message.error():
        continue
    got = message.timestamp()[1]
    print(f"asked for {asked.pop(0)}: got {'the time of day' if got >= began else got}")
reader.close()
PYTHON
"$folder/venv/bin/python" "$folder/probe.py" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen" && echo "as described"
