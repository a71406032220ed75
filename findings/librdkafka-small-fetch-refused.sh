#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# librdkafka 2.16.0 (PyPI: confluent-kafka 2.16.0); 2.0.2 does the same.
#
# A consumer whose fetch.max.bytes is below a megabyte cannot be made, unless message.max.bytes is lowered too: a limit of what a producer
# sends, with a default of 1,000,000. The documentation of fetch.max.bytes says that it is adjusted upwards; that holds only while
# nobody sets it. Java's consumer takes any number, so a file that is good for MirrorMaker is refused.
#
# Seen:
#   fetch.max.bytes 524288: `fetch.max.bytes` must be >= `message.max.bytes`
#   fetch.max.bytes 999999: `fetch.max.bytes` must be >= `message.max.bytes`
#   fetch.max.bytes 1000000: a consumer
#   fetch.max.bytes 524288 and message.max.bytes 1000: a consumer
#
# For a mirror: lower message.max.bytes for consumers, where it limits nothing; and hear of what only the making of a client tells.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check confluent-kafka==2.16.0
cat > "$folder/expected" << 'TEXT'
fetch.max.bytes 524288: `fetch.max.bytes` must be >= `message.max.bytes`
fetch.max.bytes 999999: `fetch.max.bytes` must be >= `message.max.bytes`
fetch.max.bytes 1000000: a consumer
fetch.max.bytes 524288 and message.max.bytes 1000: a consumer
TEXT
cat > "$folder/probe.py" << 'PYTHON'
from confluent_kafka import Consumer, KafkaException


def tried(**limits):
    limits = {name.replace("_", "."): value for name, value in limits.items()}
    said = " and ".join(f"{name} {value}" for name, value in limits.items())
    try:
        Consumer({"bootstrap.servers": "127.0.0.1:1", "group.id": "reader", "log_level": 0, **limits}).close()
        print(f"{said}: a consumer")
    except KafkaException as refusal:
        print(f"{said}: {refusal.args[0].str().split(': ', 1)[1]}")


for size in (524288, 999999, 1000000):
    tried(fetch_max_bytes=size)
tried(fetch_max_bytes=524288, message_max_bytes=1000)
PYTHON
"$folder/venv/bin/python" "$folder/probe.py" 2> /dev/null | tee "$folder/seen"
diff "$folder/expected" "$folder/seen" && echo "as described"
