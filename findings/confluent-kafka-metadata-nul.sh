#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# confluent-kafka 2.16.1 (PyPI), read back by itself and by kafka-python 2.3.0, on librdkafka's mock cluster; seen on Kafka 4.3.1 too.
#
# The text that a consumer commits beside an offset is stored with a NUL byte behind it. confluent-kafka takes that byte off when it
# reads, so that only others see it: Java, C and kafka-python read five characters where four were written. With Kafka's limit of
# 4096 characters, 4095 are left.
#
# Seen:
#   confluent-kafka reads 'meta'
#   kafka-python reads 'meta\x00'
#
# For a mirror: copy this text as bytes of a length, never as a C string, and do not compare it with what an application says it wrote.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check confluent-kafka==2.16.1 kafka-python==2.3.0
cat > "$folder/expected" << 'TEXT'
confluent-kafka reads 'meta'
kafka-python reads 'meta\x00'
TEXT
cat > "$folder/probe.py" << 'PYTHON'
import confluent_kafka
import kafka

# The cluster, for as long as this producer lives.
producer = confluent_kafka.Producer({"test.mock.num.brokers": 1, "log_level": 0})
producer.produce("records", "x", partition=0)
assert producer.flush(30) == 0
broker = next(iter(producer.list_topics(timeout=30).brokers.values()))
address = f"{broker.host}:{broker.port}"

group = confluent_kafka.Consumer({"bootstrap.servers": address, "group.id": "readers", "log_level": 0})
place = confluent_kafka.TopicPartition("records", 0, 1, "meta")
group.commit(offsets=[place], asynchronous=False)
print("confluent-kafka reads", repr(group.committed([place], timeout=30)[0].metadata))
group.close()

other = kafka.KafkaConsumer(bootstrap_servers=address, group_id="readers")
committed = other.committed(kafka.TopicPartition("records", 0), metadata=True)
print("kafka-python reads", repr(committed.metadata))
other.close()
PYTHON
"$folder/venv/bin/python" "$folder/probe.py" | tee "$folder/seen"
diff "$folder/expected" "$folder/seen" && echo "as described"
