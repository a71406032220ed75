#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a person sees of several daemons on one page, in a headless Chromium: fleet.py URL

Prints a line for each thing that was looked at. `? silent` asks whoever started this to let a peer fall silent, and waits for a
line in return. Ends with 1 when something is not as it should be.
"""
import json
import sys
import urllib.request

from chromium import Chromium
from looking import check, digits, end

url = sys.argv[1]


def ask():
    with urllib.request.urlopen(url + "/api/v1/fleet") as answer:
        return json.load(answer)


def cells(page, table):
    return page.evaluate(f"[...document.querySelectorAll('#{table} tbody tr')].map(r => [...r.cells].map(c => c.textContent))")


def figures(page):
    report = ask()
    shown = {row[0]: row for row in cells(page, "fleet-flows")}
    flows = {f"{flow['source']} → {flow['target']}": flow for flow in report["flows"]}
    check("every flow of the fleet is there", shown.keys() == flows.keys(), (list(shown), list(flows)))
    for name, flow in flows.items():
        row = shown[name]
        wanted = flow["lag_records"]
        least = flow["lag_records_at_least"]
        if wanted is not None:
            check(f"the lag of {name} is the API's", row[2][:1] != "≥" and digits(row[2]) == wanted, row)
        elif least > 0:
            check(f"the lag of {name} is at least the API's", row[2].startswith("≥") and digits(row[2]) == least, row)
        else:
            check(f"the lag of {name} is unknown, not 0", row[2] == "unknown", row)
        check(f"the state of {name} is the API's", row[1] == ("stopped" if flow["stopped_partitions"] else flow["state"]), row)
        arrow = page.evaluate(
            f"[...document.querySelectorAll('#fleet-map .edge')].map(e => e.getAttribute('aria-label')).find(l => l.startsWith({json.dumps(flow['source'] + ' to ' + flow['target'] + ':')}))")
        check(f"the arrow of {name} has a sentence", bool(arrow), arrow)
    daemons = cells(page, "fleet-daemons")
    check("every daemon is there, with its state", [row[1] for row in daemons] == [d["state"] for d in report["daemons"]], daemons)
    heard = sum(d["state"] == "heard" for d in report["daemons"])
    count = page.evaluate("document.getElementById('fleet-count').textContent")
    check("how many are heard is said", count == f"{heard} of {len(daemons)} daemons heard", count)
    nodes = page.evaluate("[...document.querySelectorAll('#fleet-map .node title')].map(t => t.textContent.split('\\n')[0])")
    check("every cluster is on the map", nodes == [c["name"] for c in report["clusters"]], nodes)


with Chromium() as page:
    page.open(url + "/")
    page.until("document.querySelectorAll('#fleet-flows tbody tr').length > 0")
    figures(page)
    check("a shared flow has the sum", digits(cells(page, "fleet-flows")[1][2]) == 18234, cells(page, "fleet-flows"))
    links = page.evaluate("[...document.querySelectorAll('#fleet-daemons a')].map(a => a.href)")
    check("each peer leads to its own page", links == ["http://other:9470/", "https://never:9470/"], links)
    check("a cluster named <script> stays text", page.evaluate("document.scripts.length") == 1 and page.evaluate(
        "[...document.querySelectorAll('#fleet-map .node title')].some(t => t.textContent.startsWith('<script>'))"))
    attention = page.evaluate("document.getElementById('attention-list').textContent")
    check("who never answered needs attention, with the reason as text",
          "https://never:9470" in attention and "what answers is <b>no daemon</b>" in attention, attention)
    check("a partition that stopped at a peer needs attention: which, why, where, and the command that ends it", all(
        part in attention for part in ("REFUSED", "payments/3 · eu → us · offset 41 · by http://other:9470", "MSG_SIZE_TOO_LARGE: raise it",
                                       "tern topic alter payments -c us -s max.message.bytes=BYTESCopy")), attention)
    verdict = page.evaluate("document.getElementById('verdict').textContent")
    check("the page does not say that all is well", "need" in verdict, verdict)
    cut = page.evaluate("[...document.querySelectorAll('#fleet-tables td.num')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)")
    check("no figure of the fleet is cut", cut == [], cut)
    reached = []
    for _ in range(12):
        page.press("Tab")
        reached.append(page.evaluate("(() => { const e = document.activeElement; return (e.closest('#fleet') ? 'fleet ' : '') + e.tagName; })()"))
    check("Tab reaches an arrow of the fleet", "fleet g" in reached, reached)
    check("Tab reaches a daemon's page", "fleet A" in reached, reached)
    page.evaluate("document.querySelector('#fleet-map .edge').focus()")
    page.press("Enter")
    page.until("Boolean(document.querySelector('#fleet-map .edge.chosen') && document.querySelector('#fleet-flows tr.chosen'))")
    check("Enter on an arrow shows its flow", True)
    with Chromium(width=390, height=844) as phone:
        phone.open(url + "/")
        phone.until("document.querySelectorAll('#fleet-flows tbody tr').length > 0")
        tops = phone.evaluate("['attention', 'fleet'].map(id => document.getElementById(id).getBoundingClientRect().top)")
        check("what needs attention comes first there", tops[0] < tops[1], tops)
        check("a phone need not be scrolled sideways", phone.evaluate("document.documentElement.scrollWidth") <= 390,
              phone.evaluate("document.documentElement.scrollWidth"))
    print("? silent", flush=True)
    sys.stdin.readline()
    page.until("[...document.querySelectorAll('#fleet-daemons tbody tr')].filter(r => r.cells[1].textContent === 'silent').length === 2")
    figures(page)
    attention = page.evaluate("document.getElementById('attention-list').textContent")
    check("a silent daemon needs attention, with the reason", "http://other:9470" in attention and "Connection refused" in attention, attention)
    check("and the lanes that it carried", "LANES NOT HEARD" in attention, attention)
    check("everything comes from the daemon", all(r.startswith((url + "/", "data:")) for r in page.requests()), page.requests())
    check("the console has nothing to complain of", page.complaints() == [], page.complaints())
end()
