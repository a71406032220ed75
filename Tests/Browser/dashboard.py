#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a person sees of the dashboard, in a headless Chromium: dashboard.py URL

Prints a line for each thing that was looked at. `? stop` asks whoever started this to stop the daemon, and waits for a line
in return. Ends with 1 when something is not as it should be.
"""
import json
import sys
import time
import urllib.request

from chromium import Chromium
from looking import check, digits, end

url = sys.argv[1]


def ask(path):
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def cells(page, section):
    return page.evaluate(
        f"[...document.querySelectorAll('#{section} tbody tr:not(.detail)')].map(r => [...r.cells].map(c => c.textContent))")


def figures(page):
    page.until("document.getElementById('live').dataset.state === 'live'")
    page.until("document.querySelectorAll('#topics tbody tr').length > 0")
    flows = {row[0]: row for row in cells(page, "flows")}
    status = {f"{flow['source']} → {flow['target']}": flow for flow in ask("/api/v1/status")["flows"]}
    check("every flow is there", flows.keys() == status.keys(), (list(flows), list(status)))
    for name, flow in status.items():
        shown = flows[name][2]
        wanted = flow["lag_records"]
        check(f"the lag of {name} is the API's", shown == "unknown" if wanted is None else digits(shown) == wanted, (shown, wanted))
    topics = ask("/api/v1/topics?limit=25")
    shown = cells(page, "topics")
    check("the topics are the API's, in its order", [row[0] for row in shown] == [t["topic"] for t in topics["topics"]],
          [row[0] for row in shown][:5])
    check("their lags are the API's", all(
        row[4] == "unknown" if t["lag_records"] is None else digits(row[4]) == t["lag_records"]
        for row, t in zip(shown, topics["topics"])), [row[4] for row in shown][:5])
    check("their number is the API's", digits(page.evaluate("document.getElementById('topics-count').textContent")) == topics["total"])
    attention = page.evaluate("document.getElementById('attention-list').textContent")
    for flow in status.values():
        for stop in flow["stopped"]:
            check(f"{stop['topic']}/{stop['partition']} needs attention, with its sentence",
                  f"{stop['topic']}/{stop['partition']}" in attention and stop["text"] in attention, attention[:300])
    check("an unknown lag is not shown as 0", "unknown" in page.evaluate("document.querySelector('#flows tbody').textContent"))


def short(number):
    """What the page makes of a number of bytes."""
    if number is None:
        return "unknown"
    unit = -1
    while number >= (1000 if unit < 0 else 999.5) and unit < 4:
        number, unit = number / 1000, unit + 1
    return f"{number:.0f} B" if unit < 0 else f"{number:.{1 if number < 9.95 else 0}f} {'kMGTP'[unit]}B"


def traffic(page):
    page.until("document.querySelectorAll('#traffic tbody tr').length > 0")
    report = {f"{flow['source']} → {flow['target']}": flow for flow in ask("/api/v1/traffic")["flows"]}
    rows = {row[0]: row for row in cells(page, "traffic")}
    check("the traffic of every flow is there", rows.keys() == report.keys(), list(rows))
    for name, flow in report.items():
        counted = flow["written" if flow["billable_side"] == "target" else "read"]
        wanted = [name] + [short(n) for n in (
            flow["read"]["wire_bytes"], flow["written"]["wire_bytes"], sum(one["bytes"] for one in flow["discarded"]),
            counted["saved_bytes"])] + [flow["billable_side"] or "unknown", short(flow["billable_bytes"])]
        shown = rows[name]
        check(f"bytes of {name} are the API's", shown[:7] == wanted and shown[8] == short(flow["monthly_bytes"]), (shown, wanted))
        for place, cost in ((7, flow["cost"]), (9, flow["monthly_cost"])):
            text = "–" if cost is None else "< 0.01" if 0 < cost < 0.005 else f"{cost:.2f}"
            check(f"costs of {name} are the API's", shown[place] == text, (shown[place], text))
    page.evaluate("document.querySelector('#traffic tbody button.open').click()")
    page.until("document.querySelectorAll('#traffic tr.detail tbody tr').length > 0")
    topics = page.evaluate("[...document.querySelectorAll('#traffic tr.detail tbody tr')].map(r => r.cells[0].textContent)")
    first = report[next(iter(rows))]
    check("its largest topics are the API's", topics == [topic["topic"] for topic in first["topics"]], topics)
    page.evaluate("document.querySelector('#traffic tbody button.open').click()")
    page.until("document.querySelectorAll('#traffic tr.detail').length === 0")


def hostile(page):
    page.evaluate("(() => { const i = document.getElementById('topics-search'); i.value = '<script>'; i.dispatchEvent(new Event('input')); })()")
    page.until("document.getElementById('topics-count').textContent === '1'")
    check("a topic named <script> stays text", cells(page, "topics")[0][0] == "<script>alert(1)</script>", cells(page, "topics"))
    check("no script came in by it", page.evaluate("document.scripts.length") == 1)
    page.evaluate("document.querySelector('#topics tbody button.open').click()")
    page.until("document.querySelectorAll('tr.detail tbody tr').length > 0")
    check("its partitions are there", len(page.evaluate("[...document.querySelectorAll('tr.detail tbody tr')].map(r => 1)")) == 1)
    page.evaluate("(() => { const i = document.getElementById('topics-search'); i.value = ''; i.dispatchEvent(new Event('input')); })()")
    page.until("document.querySelectorAll('#topics tbody tr').length > 20")


def keyboard(page):
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(60):
        page.press("Tab")
        reached.append(page.evaluate(
            "(() => { const e = document.activeElement; return (e.closest('section') || e).id + ':' + e.tagName + ':' + (e.getAttribute('aria-label') || e.textContent || e.id).slice(0, 40); })()"))
    for what, sign in {"the list of what needs attention": "attention:OL", "an arrow of the map": "map-panel:g",
                       "a flow": "flows:BUTTON", "the search": "topics:INPUT", "a column to sort by": "topics:BUTTON:Time behind"}.items():
        check(f"Tab reaches {what}", any(place.startswith(sign) for place in reached), reached)
    page.evaluate("document.querySelector('#flows tbody button').focus()")
    page.press("Enter")
    page.until("document.getElementById('topics-flow').value !== ''")
    check("Enter on a flow shows its topics", "#flow=" in page.evaluate("location.hash"), page.evaluate("location.hash"))
    page.press("Enter")
    page.until("document.getElementById('topics-flow').value === ''")
    page.evaluate("document.activeElement.blur()")
    page.press("/", "Slash", "/")
    check("/ goes to the search", page.evaluate("document.activeElement.id") == "topics-search")
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, input, select, svg[role=img], [role=button]')].filter(e => e.checkVisibility() && !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length))).length")
    check("everything that can be used has a name", unnamed == 0, unnamed)


def stillness(page):
    page.evaluate("""(() => { window.moved = []; window.changes = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) window.moved.push(e.value); })
            .observe({ type: 'layout-shift' });
        const row = [...document.querySelectorAll('#flows tbody tr')].find(r => r.cells[0].textContent === 'eu → us');
        new MutationObserver(() => window.changes++)
            .observe(row.cells[4], { childList: true, characterData: true, subtree: true }); })()""")
    page.until("window.changes >= 3")
    check("nothing moves when figures change", page.evaluate("window.moved.reduce((a, b) => a + b, 0)") < 0.001,
          page.evaluate("window.moved"))


with Chromium() as page:
    page.open(url + "/")
    figures(page)
    traffic(page)
    check("a page load is below 100 KB", page.received() < 100_000, page.received())
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    check("the first paint comes within a second", paint < 1000, paint)
    stillness(page)
    hostile(page)
    keyboard(page)
    check("a daemon without peers shows no fleet", page.evaluate("document.getElementById('fleet') === null") and not any(r.endswith("/fleet.js") for r in page.requests()))
    check("everything comes from the daemon", all(r.startswith((url + "/", "data:")) for r in page.requests()),
          [r for r in page.requests() if not r.startswith(url)])
    check("the console has nothing to complain of", page.complaints() == [], page.complaints())
    with Chromium(width=390, height=844) as phone:
        phone.open(url + "/")
        phone.until("document.querySelectorAll('#topics tbody tr').length > 0")
        check("a phone need not be scrolled sideways", phone.evaluate("document.documentElement.scrollWidth") <= 390,
              phone.evaluate("document.documentElement.scrollWidth"))
        phone.until("document.querySelectorAll('#traffic tbody tr').length > 0")
        phone.evaluate("document.querySelector('#traffic tbody button.open').click()")
        phone.until("document.querySelectorAll('#traffic tr.detail tbody tr').length > 0")
        cut = phone.evaluate("[...document.querySelectorAll('#traffic td.num')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)")
        check("no figure of the traffic is cut there, nor of its topics", cut == [], cut)
    print("? stop", flush=True)
    sys.stdin.readline()
    page.until("document.getElementById('live').dataset.state === 'lost'")
    check("a lost connection is said", "Connection lost" in page.evaluate("document.getElementById('live-text').textContent"))
    check("and the figures are grey", page.evaluate("document.body.classList.contains('stale')"))
end()
