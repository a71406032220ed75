#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# librdkafka 2.16.0 (PyPI: confluent-kafka 2.16.1), on its own mock cluster with a round trip of 200 ms; 2.0.2 does the same.
#
# While five records or more of a partition are unacknowledged, an idempotent producer sends nothing more of it: five records, not
# five requests. As soon as a record that waits is older than linger.ms, the broker's thread asks without a pause whether it may go,
# until the acknowledgement has come. Near a broker nobody sees it; over 200 ms one quiet partition keeps a core busy.
#
# Seen (500 records a second into one partition, the broker thread's own count of its wake-ups):
#   plain: fewer than 10 wake-ups for each record
#   idempotent: more than 100 wake-ups for each record
#
# For a mirror: give the client no more of a partition than goes in one batch, or a linger.ms above the round trip; and do not count on
# five batches of a partition under way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check confluent-kafka==2.16.1
cat > "$folder/expected" << 'TEXT'
plain: fewer than 10 wake-ups for each record
idempotent: more than 100 wake-ups for each record
TEXT
cat > "$folder/probe.py" << 'PYTHON'
import json
import time
from confluent_kafka import Producer

for name, is_idempotent in (("plain", False), ("idempotent", True)):
    seen = [0]

    def note(text):
        seen[0] = sum(broker["wakeups"] for broker in json.loads(text)["brokers"].values())

    producer = Producer({
        "test.mock.num.brokers": 1, "test.mock.broker.rtt": 200, "enable.idempotence": is_idempotent, "linger.ms": 5,
        "statistics.interval.ms": 100, "stats_cb": note, "log_level": 0})
    producer.produce("records", b"first", partition=0)
    assert producer.flush(30) == 0
    before, count = seen[0], 1500
    for number in range(count):
        producer.produce("records", b"x" * 100, partition=0)
        producer.poll(0)
        time.sleep(0.002)
    each = (seen[0] - before) / count
    assert producer.flush(60) == 0
    said = "fewer than 10" if each < 10 else "more than 100" if each > 100 else f"{each:.0f}"
    print(f"{name}: {said} wake-ups for each record")
PYTHON
"$folder/venv/bin/python" "$folder/probe.py" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen" && echo "as described"
