#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes the pictures of docs/dashboard.md: shoot.py URL FOLDER [HASH]"""
import sys
import time

from chromium import Chromium

url, folder = sys.argv[1:3]
hash = sys.argv[3] if len(sys.argv) > 3 else ""
for name, size in {
    "dashboard-light": {}, "dashboard-dark": {"dark": True},
    "dashboard-phone": {"width": 390, "height": 844},
}.items():
    with Chromium(**size) as page:
        page.open(url + "/" + hash)
        page.until("document.querySelectorAll('#topics tbody tr').length > 0")
        page.until("document.querySelectorAll('#flows path.run').length > 0")
        time.sleep(1.5)
        page.screenshot(f"{folder}/{name}.png")
        if name == "dashboard-light":
            page.evaluate("document.querySelector('#topics tbody button.open').click()")
            page.until("document.querySelectorAll('tr.detail tbody tr').length > 0")
            time.sleep(0.5)
            page.evaluate("document.getElementById('topics').scrollIntoView()")
            page.screenshot(f"{folder}/dashboard-topic.png")
        print(name, page.received(), page.complaints())
