#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boots a bare Debian with systemd, installs the package there, and lets systemd run tern.service as it is.

    make deb
    sudo Tests/Acceptance/service.py --deb .build/packages/tern_*.deb --suite trixie

systemd-nspawn boots the root file system that package.py installs into, on this machine's network. Then, in the sandbox of the unit
and with its password from LoadCredential: Tern mirrors between two real brokers that want SCRAM; it is stopped with SIGSTOP, and the
watchdog (4 s by a drop-in) must end it and start it again; it drains; a file that is wrong must not be tried twice.

Needs what package.py needs, and systemd-container.
"""
import argparse, os, shutil, subprocess, sys, tempfile
from pathlib import Path

from package import Broker, Root, arrive, configure, install, remove, write

SCRIPT = r"""#!/bin/sh
exec > /root/journey 2>&1
show() { echo "$1: $(systemctl show tern -p ActiveState -p Result -p NRestarts -p StatusText | sort | tr '\n' ' ')"; }
wait_for() { for _ in $(seq 60); do eval "$1" > /dev/null 2>&1 && return; sleep 0.5; done; echo "NEVER: $1"; }
show installed
systemctl start tern || echo "NEVER: start"
wait_for '[ -e /root/arrived ]'
wait_for 'systemctl show tern -p StatusText | grep -q "eu->us running, lag 0 s"'
show mirroring
echo "exposure: $(systemd-analyze security tern --no-pager | tail -n 1)"
mkdir -p /etc/systemd/system/tern.service.d
printf '[Service]\nWatchdogSec=4\n' > /etc/systemd/system/tern.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart tern
kill -STOP "$(systemctl show tern -p MainPID --value)"
wait_for '[ "$(systemctl show tern -p NRestarts --value)" = 1 ]'
wait_for '[ "$(systemctl is-active tern)" = active ]'
show "hung and started again"
systemctl stop tern
show drained
echo 'clusters = eu' > /etc/tern/tern.properties
systemctl start tern
sleep 7
show "wrong file"
journalctl -u tern --no-pager -o cat > /root/journal
systemctl poweroff
"""
UNIT = "[Unit]\nAfter=multi-user.target\n[Service]\nExecStart=/root/journey.sh\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deb", required=True)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--root", help="where the root file system is, or is made and stays; else it is made and thrown away")
    parser.add_argument("--library", help="as package.py's; a drop-in of the unit names it")
    parser.add_argument("--kafka", default=os.environ.get("KAFKA_HOME"))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tern-service-"))
    os.chmod(folder, 0o755)
    root, started = Root(Path(options.root) if options.root else folder / "root", options.suite), []
    home = root.folder / "root"
    try:
        root.run("apt-get", "update", "-qq")
        root.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "systemd", "systemd-sysv", "dbus")
        install(root, options.deb)
        source, target = (Broker(folder, alias, Path(options.kafka)) for alias in ("eu", "us"))
        started += [source.process, target.process]
        write(source)
        configure(root, source, target)
        for name in ["arrived", "journey", "journal"]:
            (home / name).unlink(missing_ok=True)
        (home / "journey.sh").write_text(SCRIPT)
        (home / "journey.sh").chmod(0o755)
        units = root.folder / "etc/systemd/system"
        (units / "journey.service").write_text(UNIT)
        if options.library:
            shutil.copytree(options.library, root.folder / "opt/librdkafka", symlinks=True, dirs_exist_ok=True)
            (units / "tern.service.d").mkdir(exist_ok=True)
            (units / "tern.service.d/library.conf").write_text("[Service]\nEnvironment=LD_LIBRARY_PATH=/opt/librdkafka\n")
        (units / "multi-user.target.wants").mkdir(parents=True, exist_ok=True)
        (units / "multi-user.target.wants/journey.service").unlink(missing_ok=True)
        (units / "multi-user.target.wants/journey.service").symlink_to("../journey.service")
        root.close()
        machine = subprocess.Popen(["systemd-nspawn", "-q", "--register=no", "--keep-unit", "-D", root.folder, "-b", "--console=passive"],
                                   stdout=open(folder / "console", "wb"), stderr=subprocess.STDOUT)
        started.append(machine)
        problem = arrive(target)
        (home / "arrived").touch()
        machine.wait(180)
        journey = (home / "journey").read_text()
        print(journey, end="")
        expected = ["installed: ActiveState=inactive", "mirroring: ActiveState=active NRestarts=0 Result=success StatusText=eu->us running",
                    "hung and started again: ActiveState=active NRestarts=1", "drained: ActiveState=inactive",
                    "wrong file: ActiveState=failed NRestarts=0 Result=exit-code"]
        lacking = [line for line in expected if line not in journey] + [line for line in journey.splitlines() if "NEVER" in line]
        if problem or lacking:
            print((home / "journal").read_text()[-4000:])
            print(f"FAILED on {options.suite}: {problem or ''} {lacking}")
            sys.exit(1)
        print(f"passed on {options.suite}")
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
        root.open()
        shutil.rmtree(root.folder / "etc/systemd/system/tern.service.d", ignore_errors=True)
        remove(root)
        root.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
