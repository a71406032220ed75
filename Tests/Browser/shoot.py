#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes pictures of a daemon's pages, each in light, dark and on a phone: shoot.py URL FOLDER PAGE…

PAGE is dashboard, topic (the worst topic, opened), fleet (of a daemon with dashboard.peers) or region (/health). With pngquant the files
have a third of their size. `pictures.py` starts something to take them of.
"""
import shutil
import subprocess
import sys
import time

from chromium import Chromium

LOOKS = {"light": {}, "dark": {"dark": True}, "phone": {"width": 390, "height": 844}}


def live(page, url):
    page.open(url + "/")
    page.until("document.querySelectorAll('#topics tbody tr').length > 0")
    page.until("document.querySelectorAll('#flows path.run').length > 0")


def topic(page, url):
    live(page, url)
    page.evaluate("document.querySelector('#topics tbody button.open').click()")
    page.until("document.querySelectorAll('tr.detail tbody tr').length > 0")
    page.evaluate("window.scrollTo(0, document.getElementById('topics').offsetTop - 60)")


def fleet(page, url):
    live(page, url)
    page.until("document.querySelectorAll('#fleet-map .edge').length > 0")
    page.evaluate("window.scrollTo(0, Math.max(0, document.getElementById('fleet').offsetTop - 90))")


def region(page, url):
    page.open(url + "/health")
    page.until("document.querySelectorAll('#region tbody tr').length > 0")


PAGES = {"dashboard": live, "topic": topic, "fleet": fleet, "region": region}


def shoot(url, folder, names):
    """Returns what the console had to complain of."""
    complaints = []
    for name in names:
        for look, settings in LOOKS.items():
            size = dict(settings)
            if name == "region":
                size["height"] = 360
            with Chromium(**size) as page:
                PAGES[name](page, url)
                time.sleep(1.5)
                path = f"{folder}/{name}-{look}.png"
                page.screenshot(path)
                complaints += page.complaints()
            if shutil.which("pngquant"):
                subprocess.run(["pngquant", "--force", "--ext", ".png", "--strip", "128", path], check=True)
            print(path, flush=True)
    return complaints


if __name__ == "__main__":
    found = shoot(sys.argv[1], sys.argv[2], sys.argv[3:] or ["dashboard", "topic"])
    sys.exit("\n".join(found) if found else 0)
