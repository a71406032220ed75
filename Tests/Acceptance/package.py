#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the Debian package on a bare root file system and mirrors there, between two real brokers that want SCRAM.

    make deb
    sudo Tests/Acceptance/package.py --deb .build/packages/tern_*.deb --suite trixie
    sudo Tests/Acceptance/package.py --deb .build/packages/tern_*.deb --suite bookworm --library FOLDER

debootstrap makes a root file system with nothing but Debian's essentials; apt installs the package and what it depends on. Then,
without systemd: what LoadCredential does is done by hand, and the command line of tern.service is started as its user, with its
environment and a socket for what it says to its service manager. Records written to the one cluster must arrive on the other.
In the end the package is removed and purged.

--library puts a newer librdkafka into the root file system: a folder with librdkafka.so.1 and what it needs, as
.build/newer-client/wheel/confluent_kafka.libs of `make newer-client`. Debian 12's own, 2.0.2, cannot log in to Kafka 4 by SCRAM;
without --library the script says what `tern check` says to that, and ends with 1.

Needs: root, debootstrap, JDK 17, KAFKA_HOME, pip install confluent-kafka.
"""
import argparse, base64, os, re, shlex, shutil, signal, socket, subprocess, sys, tempfile, time
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from crossing import free_port

PASSWORD = "tern pass:word &1"
RECORDS = 1000


class Broker:
    """One broker whose clients log in by SCRAM-SHA-512."""

    def __init__(self, folder, name, kafka):
        plain, controller, client = free_port(), free_port(), free_port()
        self.address = f"127.0.0.1:{client}"
        text = (kafka / "config/broker.properties").read_text()
        replaced = {
            "listeners": f"PLAINTEXT://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{controller},CLIENT://{self.address}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},CLIENT://{self.address}",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_PLAINTEXT",
            "log.dirs": str(folder / name), "inter.broker.listener.name": "PLAINTEXT",
            "listener.name.client.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.client.scram-sha-512.sasl.jaas.config":
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        }
        kept = [line for line in text.splitlines() if line.split("=")[0] not in replaced]
        file = folder / f"{name}.properties"
        file.write_text("\n".join(kept + [f"{key}={value}" for key, value in replaced.items()]) + "\n")
        cluster = "T" + base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")[1:]
        subprocess.run([kafka / "bin/kafka-storage.sh", "format", "--standalone", "-t", cluster, "-c", file,
                        "--add-scram", f'SCRAM-SHA-512=[name=tern,password={PASSWORD}]'], check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen([kafka / "bin/kafka-server-start.sh", file], stdout=open(folder / f"{name}.log", "wb"),
                                        stderr=subprocess.STDOUT)
        self.login = {"bootstrap.servers": self.address, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512",
                      "sasl.username": "tern", "sasl.password": PASSWORD}
        for _ in range(900):
            try:
                socket.create_connection(("127.0.0.1", client), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"broker {name} did not come up: see {folder}")


class Root:
    """A bare root file system."""

    def __init__(self, folder, suite):
        self.folder = folder
        if not (folder / "usr/bin/apt-get").exists():
            run("debootstrap", "--variant=minbase", suite, folder, quiet=True)
        shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
        for file in Path("/etc/apt/apt.conf.d").glob("*proxy*"):
            shutil.copy(file, folder / "etc/apt/apt.conf.d")
        self.open()

    def open(self):
        run("mount", "-t", "proc", "proc", self.folder / "proc")

    def close(self):
        run("umount", self.folder / "proc", quiet=True, check=False)

    def run(self, *command, **more):
        return run("chroot", self.folder, *command, **more)


def run(*command, quiet=False, check=True):
    # Folders of this machine are not there.
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            env=environment | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"})
    if check and result.returncode:
        raise SystemExit(f"{shlex.join(map(str, command))} ended with {result.returncode}:\n{result.stdout[-3000:]}")
    if not quiet and not check:
        print(result.stdout, end="")
    return result


def install(root, deb):
    shutil.copy(deb, root.folder / "tmp/tern.deb")
    root.run("apt-get", "update", "-qq")
    before = root.run("dpkg-query", "-W", "-f", "${Package}\n").stdout.split()
    # First dpkg alone, which must say what is missing; then what apt adds.
    refused = root.run("dpkg", "-i", "/tmp/tern.deb", quiet=True, check=False)
    assert refused.returncode and "dependency problems" in refused.stdout, refused.stdout
    root.run("apt-get", "install", "-f", "-y", "-qq", "--no-install-recommends")
    after = root.run("dpkg-query", "-W", "-f", "${Package} ${Installed-Size}\n").stdout.splitlines()
    added = [line.split() for line in after if line.split()[0] not in before]
    print(f"installed: {len(added)} packages, {sum(int(size) for _, size in added) // 1024} MiB: {' '.join(name for name, _ in added)}")
    assert "tern:" in root.run("getent", "passwd", "tern").stdout
    for path, expected in [("/etc/tern/tern.properties", "640 root tern"), ("/etc/tern/secrets", "700 root root"),
                           ("/usr/bin/tern", "755 root root")]:
        found = root.run("stat", "-c", "%a %U %G", path).stdout.strip()
        assert found == expected, f"{path}: {found}, not {expected}"
    assert not root.run("sh", "-c", "command -v swift", check=False, quiet=True).stdout
    print(root.run("tern", "version").stdout, end="")


def configure(root, source, target):
    """What an operator does."""
    (root.folder / "etc/tern/secrets/password").write_text(PASSWORD)
    login = "\n".join(f"""{alias}.bootstrap.servers = {broker.address}
{alias}.security.protocol = SASL_PLAINTEXT
{alias}.sasl.mechanism = SCRAM-SHA-512
{alias}.sasl.jaas.config = org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="tern" password="${{dir:/run/credentials/tern.service:secret_password}}";""" for alias, broker in [("eu", source), ("us", target)])
    factors = "\n".join(f"{key}replication.factor = 1" for key in
                        ["", "offset.storage.", "offset-syncs.topic.", "checkpoints.topic.", "heartbeats.topic."])
    text = f"clusters = eu, us\n{login}\neu->us.enabled = true\n{factors}\nrefresh.topics.interval.seconds = 2\nhttp.listen = 127.0.0.1:{free_port()}\n"
    with open(root.folder / "etc/tern/tern.properties", "w") as file:
        file.write(text)


def hand_over(root):
    """What systemd does before it starts the command: LoadCredential and RuntimeDirectory."""
    credentials = "/run/credentials/tern.service"
    root.run("install", "-d", "-m", "500", "-o", "tern", credentials)
    root.run("install", "-m", "400", "-o", "tern", "/etc/tern/secrets/password", f"{credentials}/secret_password")
    root.run("install", "-d", "-m", "700", "-o", "tern", "/run/tern")


def service(root, library, notify):
    """The unit's command line, as its user, with its environment and nothing else."""
    unit = (root.folder / "usr/lib/systemd/system/tern.service").read_text()
    setting = dict(re.findall(r"^(\w+)=(.*)$", unit, re.M))
    environment = setting["Environment"].split() + [f"NOTIFY_SOCKET={notify}", f"WATCHDOG_USEC={int(setting['WatchdogSec']) * 1000000}"]
    if library:
        environment.append("LD_LIBRARY_PATH=/opt/librdkafka")
    user = setting["User"]
    return ["chroot", f"--userspec={user}:{setting['Group']}", str(root.folder), "/usr/bin/env", "-i", *environment], setting["ExecStart"].split()


def write(source):
    admin = AdminClient(source.login)
    admin.create_topics([NewTopic("orders", 3, 1)])["orders"].result(30)
    producer = Producer(source.login)
    for number in range(RECORDS):
        producer.produce("orders", f"value {number}", f"key {number}")
    producer.flush()


def arrive(target, limit=60):
    """Reads the copies until all are there; what is wrong, or None."""
    found, deadline = set(), time.time() + limit
    consumer = Consumer(target.login | {"group.id": "acceptance", "enable.auto.commit": False})
    consumer.assign([TopicPartition("eu.orders", partition, 0) for partition in range(3)])
    while len(found) < RECORDS and time.time() < deadline:
        for message in consumer.consume(500, 1):
            if not message.error():
                found.add((message.key().decode(), message.value().decode()))
    consumer.close()
    if found != {(f"key {number}", f"value {number}") for number in range(RECORDS)}:
        return f"{len(found)} of {RECORDS} records arrived"
    return None


def mirror(root, options, folder):
    started = []
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(f"\0tern-acceptance-{os.getpid()}")
    receiver.settimeout(30)
    try:
        source, target = (Broker(folder, alias, Path(options.kafka)) for alias in ("eu", "us"))
        started += [source.process, target.process]
        write(source)
        configure(root, source, target)
        hand_over(root)
        prefix, command = service(root, options.library, f"@tern-acceptance-{os.getpid()}")
        check = subprocess.run(prefix + [command[0], "check", command[2]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print("".join(line for line in check.stdout.splitlines(True) if re.search("error|warning|librdkafka|SCRAM", line)), end="")
        if check.returncode:
            return f"tern check ended with {check.returncode}"
        log = folder / "tern.log"
        began = time.time()
        process = subprocess.Popen(prefix + command, stdout=open(log, "wb"), stderr=subprocess.STDOUT)
        started.append(process)
        said = receiver.recv(4096).decode()
        assert said.startswith("READY=1\nWATCHDOG=1\n"), said
        print(f"ready after {time.time() - began:.1f} s")
        problem = arrive(target)
        if problem:
            return f"{problem}:\n{log.read_text()[-3000:]}"
        print(f"{RECORDS} records arrived {time.time() - began:.1f} s after the start")
        process.send_signal(signal.SIGTERM)
        status = process.wait(60)
        lines = []
        receiver.setblocking(False)
        try:
            while True:
                lines += receiver.recv(4096).decode().splitlines()
        except BlockingIOError:
            pass
        print("said: " + "; ".join(line for line in lines if not line.startswith("WATCHDOG")))
        assert "STOPPING=1" in lines, lines
        return None if status == 0 else f"tern ended with {status}:\n{log.read_text()[-3000:]}"
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
        receiver.close()


def remove(root):
    secret = root.folder / "etc/tern/secrets/password"
    had_secret = secret.exists()
    root.run("apt-get", "purge", "-y", "-qq", "tern")
    left = root.run("sh", "-c", "ls -d /usr/bin/tern /etc/tern/tern.properties /usr/share/doc/tern /usr/lib/systemd/system/tern.service 2>/dev/null; true").stdout
    assert not left, left
    assert secret.exists() == had_secret, "purging took a secret away"
    # As bare as before, for the next run with the same --root.
    root.run("apt-get", "autoremove", "--purge", "-y", "-qq")
    print("purged: nothing is left but /etc/tern/secrets/password and the user")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deb", required=True)
    parser.add_argument("--suite", required=True, help="bookworm, trixie, …")
    parser.add_argument("--root", help="where the root file system is, or is made and stays; else it is made and thrown away")
    parser.add_argument("--library", help="a folder with a newer librdkafka.so.1")
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tern-package-"))
    os.chmod(folder, 0o755)
    root = Root(Path(options.root) if options.root else folder / "root", options.suite)
    try:
        if options.library:
            shutil.copytree(options.library, root.folder / "opt/librdkafka", symlinks=True, dirs_exist_ok=True)
        install(root, options.deb)
        try:
            problem = mirror(root, options, folder)
        finally:
            remove(root)
    finally:
        root.close()
        shutil.rmtree(folder, ignore_errors=True)
    if problem:
        print(f"FAILED on {options.suite}: {problem}")
        sys.exit(1)
    print(f"passed on {options.suite}")


if __name__ == "__main__":
    main()
