# SPDX-License-Identifier: Apache-2.0
"""Two real brokers, and daemons that mirror between them, for whoever looks at their pages."""
import base64
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

MIRROR = """clusters = eu, us
eu.bootstrap.servers = {eu}
us.bootstrap.servers = {us}
eu->us.enabled = true
us->eu.enabled = true
replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
tasks.max = 4
replication.factor = 1
offset.storage.replication.factor = 1
offset-syncs.topic.replication.factor = 1
checkpoints.topic.replication.factor = 1
heartbeats.topic.replication.factor = 1
sync.topic.configs.enabled = false
sync.group.offsets.enabled = true
refresh.topics.interval.seconds = 5
emit.checkpoints.interval.seconds = 5
sync.group.offsets.interval.seconds = 5
link.price.per.gb = 0.02
health.region = eu-central
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class World:
    def __init__(self, kafka, folder):
        self.kafka, self.folder, self.children, self.addresses = Path(kafka), Path(folder), [], {}

    def start(self, name, *command, **variables):
        with open(self.folder / f"{name}.log", "w") as log:
            child = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log, env=os.environ | variables)
        self.children.append(child)
        return child

    def run(self, *command, text=None, seconds=120):
        return subprocess.run(command, input=text, text=True, capture_output=True, timeout=seconds)

    def tool(self, name, *arguments, text=None):
        return self.run(str(self.kafka / "bin" / name), *arguments, text=text)

    def broker(self, alias):
        port, controller = free_port(), free_port()
        settings = (self.kafka / "config/broker.properties").read_text()
        settings = settings.replace("/tmp/kafka-logs-1", str(self.folder / alias)).replace("19092", str(port)).replace("19093", str(controller))
        file = self.folder / f"{alias}.properties"
        file.write_text(settings)
        identifier = base64.urlsafe_b64encode(os.urandom(16)).decode()[:22].replace("-", "a")
        self.tool("kafka-storage.sh", "format", "--standalone", "-t", identifier, "-c", str(file)).check_returncode()
        self.start(f"broker-{alias}", self.kafka / "bin/kafka-server-start.sh", file)
        self.addresses[alias] = f"127.0.0.1:{port}"

    def topic(self, alias, name, partitions, *settings):
        for _ in range(20):
            made = self.tool("kafka-topics.sh", "--bootstrap-server", self.addresses[alias], "--create", "--topic", name,
                             "--partitions", str(partitions), "--replication-factor", "1", *settings)
            if made.returncode == 0:
                return
            time.sleep(1)
        sys.exit(made.stdout + made.stderr)

    def daemon(self, tern, name, port, more=""):
        file = self.folder / f"{name}.mirror.properties"
        file.write_text(MIRROR.format(**self.addresses) + f"http.listen = 127.0.0.1:{port}\n" + more)
        child = self.start(name, tern, "run", file)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
                return child
            except OSError:
                time.sleep(0.2)
        sys.exit((self.folder / f"{name}.log").read_text()[-2000:])

    def stop(self, *children):
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(40)
            except subprocess.TimeoutExpired:
                child.kill()
