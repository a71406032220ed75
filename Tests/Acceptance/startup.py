#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How soon Tern mirrors after it was started, and what it costs while nothing happens.

    Tests/Acceptance/startup.py --tern .build/release/tern --topics 1,500

Two brokers are started from KAFKA_HOME. For each number of topics (of two partitions): the time from the start of the process
until every partition's first record can be read on the target, the topics having to be created; the same after kill -9, one
new record having been written to each partition meanwhile; then, ten seconds later, CPU and memory over --idle seconds.

Needs: JDK 17, KAFKA_HOME, pip install confluent-kafka. Wants a quiet machine.
"""
import argparse, os, shutil, signal, subprocess, tempfile, time
from pathlib import Path

from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from crossing import Broker, free_port

TICK = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid, what):
    return next(int(line.split()[1]) / 1024 for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(what))


def write(address, names):
    producer = Producer({"bootstrap.servers": address, "linger.ms": 20})
    for name in names:
        for partition in range(2):
            producer.produce(name, b"value", b"key", partition)
    producer.flush()


def flowing(target, names, offset, began, limit=60):
    """Seconds until the target has more than so many records in each partition."""
    admin = AdminClient({"bootstrap.servers": target.address, "log_level": 0})
    left = {TopicPartition(f"A.{name}", partition) for name in names for partition in range(2)}
    while left and time.time() - began < limit:
        try:
            answers = admin.list_offsets({place: OffsetSpec.latest() for place in left}, request_timeout=10)
            left -= {place for place, answer in answers.items() if not answer.exception() and answer.result().offset > offset}
        except Exception:
            pass
        time.sleep(0.02)
    if left:
        raise SystemExit(f"{len(left)} partitions have nothing after {limit} s")
    return time.time() - began


def measure(options, folder, count):
    started = []
    try:
        source, target = (Broker(folder, f"{alias}{count}", Path(options.kafka), False) for alias in "AB")
        started += [source.process, target.process]
        names = [f"topic-{n:03}" for n in range(count)]
        admin = AdminClient({"bootstrap.servers": source.address})
        for future in admin.create_topics([NewTopic(name, 2, 1) for name in names]).values():
            future.result(60)
        write(source.address, names)
        time.sleep(3)
        file = folder / f"{count}.properties"
        file.write_text(f"clusters = A, B\nA.bootstrap.servers = {source.address}\nB.bootstrap.servers = {target.address}\n"
                        f"A->B.enabled = true\nA->B.topics = .*\nreplication.factor = 1\noffset.storage.replication.factor = 1\n"
                        f"http.listen = 127.0.0.1:{free_port()}\n")

        def tern():
            process = subprocess.Popen([options.tern, "run", file], stdout=open(folder / "tern.log", "ab"), stderr=subprocess.STDOUT)
            started.append(process)
            return process

        began, process = time.time(), tern()
        first = flowing(target, names, 0, began)
        time.sleep(2)  # let its progress be written
        process.send_signal(signal.SIGKILL)
        process.wait()
        write(source.address, names)
        began, process = time.time(), tern()
        again = flowing(target, names, 1, began)
        time.sleep(10)
        before, at = cpu(process.pid), time.time()
        time.sleep(options.idle)
        percent = (cpu(process.pid) - before) / (time.time() - at) * 100
        print(f"{count} topics of 2 partitions: all flowing {first:.2f} s after the start, {again:.2f} s after a start that follows kill -9; "
              f"idle {percent:.1f} % of a core, {memory(process.pid, 'VmRSS'):.0f} MB (peak {memory(process.pid, 'VmHWM'):.0f})", flush=True)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tern", required=True)
    parser.add_argument("--topics", type=lambda s: [int(x) for x in s.split(",")], default=[1, 500])
    parser.add_argument("--idle", type=float, default=20)
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tern-startup-"))
    try:
        for count in options.topics:
            measure(options, folder, count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
