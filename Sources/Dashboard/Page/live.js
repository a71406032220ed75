// SPDX-License-Identifier: Apache-2.0
// What is known, what is chosen, and the stream that keeps it current.
const model = { status: null, clusters: new Map(), flowList: [], groups: [], facts: [], lines: new Map(), heardAt: 0, dataAge: 0, connected: false };
const view = { flow: "", search: "", sort: "attention", descending: true, skip: 0, range: "1h" };

const flowTable = new Table($("flows"), [
  { title: "Flow", width: "17%", cell: (cell, item, row) => flowButton(cell, item, row) },
  { title: "State", width: "11%", cell: (cell, item) => state(cell, item.enabled ? (item.stopped_partitions ? "STOPPED" : item.state) : "not enabled") },
  { title: "Behind", class: "num lag", width: "10%", cell: (cell, item) => number(cell, item.lag_records, count(item.lag_records)) },
  { title: "Time behind", class: "num", width: "9%", cell: (cell, item) => number(cell, item.lag_seconds, age(item.lag_seconds)) },
  { title: "Records/s", class: "num rate", width: "9%", cell: (cell, item) => number(cell, item.records_per_second, rate(item.records_per_second)) },
  { title: "Bytes/s", class: "num wide", width: "8%", cell: (cell, item) => number(cell, item.bytes_per_second, bytes(item.bytes_per_second)) },
  { title: "p99", class: "num wide", width: "7%", cell: (cell, item) => setText(cell, latency(item.replication_latency_p99_seconds)) },
  { title: "Topics", class: "num wide", width: "6%", cell: (cell, item) => setText(cell, count(item.topics)) },
  { title: "Lag", class: "wide", cell: (cell, item) => drawLine(cell, (model.lines.get(item.key) || {}).lag_records, "Records behind, " + rangeWords[view.range], count) },
  { title: "Rate", class: "wide", cell: (cell, item) => drawLine(cell, (model.lines.get(item.key) || {}).records_per_second, "Records per second, " + rangeWords[view.range], rate) },
]);
const groupTable = new Table($("groups"), [
  { title: "Group", class: "name", width: "28%", cell: (cell, item) => { setText(cell, item.id); setAttribute(cell, "title", item.id); } },
  { title: "Flow", class: "wide", width: "16%", cell: (cell, item) => setText(cell, item.flow) },
  { title: "State", width: "17%", cell: (cell, item) => state(cell, item.state) },
  { title: "Synchronized", class: "num", width: "18%", cell: (cell, item) => setText(cell, item.synchronized_at ? moment(item.synchronized_at) : "–") },
  { title: "Why", cell: (cell, item) => { setText(cell, item.reason || ""); setAttribute(cell, "title", item.reason); } },
]);

function flowButton(cell, item, row) {
  row.classList.toggle("chosen", view.flow === item.key);
  let button = cell.firstElementChild;
  if (!button) cell.append((button = el("button", { type: "button", class: "open", on: { click: () => chooseFlow(item.key) } })));
  setText(button, flowTitle(item.key));
  setAttribute(button, "title", item.reason || `Show the topics of ${flowTitle(item.key)}`);
  setAttribute(button, "aria-expanded", view.flow === item.key ? "true" : "false");
}

function chooseFlow(name) {
  view.flow = view.flow === name ? "" : name;
  view.skip = 0;
  changed();
}

function show() {
  if (!model.status || document.hidden) return;
  const program = model.status.program;
  setText($("program"), `${program.version} · ${model.status.region.region || "no region"} · up ${age((new Date(model.status.generated_at) - new Date(model.status.started_at)) / 1000)}`);
  showAttention();
  drawMap();
  if (model.fleet) model.fleet.show();
  flowTable.show(model.flowList.map((flow) => ({ ...flow, key: flowName(flow) })));
  const select = $("topics-flow"), names = ["", ...model.flowList.filter((flow) => flow.enabled).map(flowName)];
  if (select.dataset.names !== JSON.stringify(names)) {
    select.dataset.names = JSON.stringify(names);
    select.replaceChildren(...names.map((name) => el("option", { value: name }, name ? flowTitle(name) : "all")));
  }
  select.value = view.flow;
}

function showGroups() {
  const rows = model.groups.flatMap((flow) => flow.groups.map((group) => ({ ...group, flow: flowTitle(flowName(flow)), key: flowName(flow) + " " + group.id })));
  const rank = { failed: 0, unmapped: 1, ahead: 2, active: 3, ready: 4 };
  rows.sort((a, b) => (rank[a.state] ?? 0) - (rank[b.state] ?? 0) || (a.key < b.key ? -1 : 1));
  groupTable.show(rows.slice(0, 300));
  const ready = rows.filter((group) => group.state === "ready" || group.state === "active").length;
  const elsewhere = model.groups.filter((flow) => flow.translated === "elsewhere").length;
  setText($("groups-count"), rows.length ? `${count(ready)} of ${count(rows.length)} ready` : elsewhere ? "translated by another daemon" : "none");
}

function showFact(fact) {
  if (model.facts.some((known) => known.id === fact.id)) return;
  model.facts.push(fact);
  const where = [fact.flow && flowTitle(fact.flow), fact.cluster, fact.topic && fact.topic + (fact.partition === undefined ? "" : "/" + fact.partition)].filter(Boolean).join(" · ");
  const text = [fact.code, fact.reason].filter(Boolean).join(": ") + (fact.details ? ` ${fact.details}` : "");
  $("events-list").prepend(el("li", { class: fact.level }, el("time", { datetime: fact.at, title: fact.at }, moment(fact.at)),
    el("div", {}, el("b", {}, fact.event), where ? el("span", { class: "where" }, where) : null, text)));
  while (model.facts.length > 200) { model.facts.shift(); $("events-list").lastChild.remove(); }
  setText($("events-count"), "newest first");
}

function showLive() {
  const silent = (Date.now() - model.heardAt) / 1000;
  let word = "live", text = "Live · data " + age(Math.round(model.dataAge)) + " old";
  if (!model.heardAt) [word, text] = model.failed ? ["lost", "No answer from the daemon"] : ["connecting", "Connecting"];
  else if (!model.connected || silent > 6) [word, text] = ["lost", "Connection lost · figures of " + clock.format(model.heardAt)];
  else if (model.dataAge > 15) [word, text] = ["old", "Data " + age(model.dataAge) + " old"];
  setAttribute($("live"), "data-state", word);
  setText($("live-text"), text);
  document.body.classList.toggle("stale", word === "lost" || word === "old");
}

let rangeChosen = location.hash.includes("range=");
let wanted = false;
function showSoon() {
  if (wanted) return;
  wanted = true;
  requestAnimationFrame(() => { wanted = false; show(); showLive(); });
}

let ranged = location.hash.includes("range=");
function take(status) {
  model.status = status;
  // What has just started has no hour to show.
  if (!ranged && upSeconds() < 1200) { view.range = "10m"; showChoice(); }
  ranged = true;
  model.clusters = new Map(status.clusters.map((cluster) => [cluster.alias, cluster]));
  model.flowList = status.flows;
}

function connect() {
  const source = new EventSource("/api/v1/events");
  const hear = (event, body) => source.addEventListener(event, (message) => {
    model.heardAt = Date.now();
    model.connected = true;
    body(JSON.parse(message.data));
    showSoon();
  });
  hear("status", (status) => { take(status); model.dataAge = status.snapshot_age_seconds; refreshAll(); });
  hear("flow", (flow) => { model.flowList = model.flowList.map((known) => (flowName(known) === flowName(flow) ? flow : known)); });
  hear("tick", (tick) => { model.dataAge = tick.snapshot_age_seconds; if (model.status) model.status.generated_at = tick.generated_at; });
  hear("fact", showFact);
  source.onerror = () => {
    model.connected = false;
    model.failed = true;
    showSoon();
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
}

const failed = (error) => console.info("not refreshed:", error.message);
async function refreshGroups() { model.groups = (await ask("/api/v1/groups")).flows; showGroups(); showSoon(); }
async function refreshLines() {
  const report = await ask("/api/v1/history", { range: view.range, points: model.flowList.length > 12 ? 30 : 90 });
  model.lines = new Map(report.series.map((series) => [flowName(series), series]));
  showSoon();
}
// What it needs is loaded once peers are there.
async function refreshFleet() {
  if (model.fleet) return model.fleet.refresh();
  const report = await ask("/api/v1/fleet");
  if (report.daemons.length < 2 || model.fleet) return;
  const { default: start } = await import("./fleet.js");
  model.fleet ??= start({ $, UNKNOWN, Table, FlowMap, ask, age, count, el, flowName, flowTitle, lagWords, number, plural, quoted, rate, setAttribute, setText, showSoon, state, stopFinding, report });
  showSoon();
}
let refreshed = 0;
function refreshAll() {
  if (Date.now() - refreshed < 1000) return;
  refreshed = Date.now();
  for (const refresh of [refreshFleet, refreshLines, refreshGroups, refreshTraffic, () => refreshTopics().then(refreshTopicLines)]) refresh().catch(failed);
}

// The choice is in the address, so that it can be sent to somebody.
function changed() {
  const hash = new URLSearchParams();
  for (const key of ["flow", "search", "range"]) if (view[key] && (key !== "range" || rangeChosen)) hash.set(key, view[key]);
  if (view.sort !== "attention") hash.set("sort", view.sort);
  if (view.sort !== "attention" && view.descending !== DESCENDING[view.sort]) hash.set("order", view.descending ? "desc" : "asc");
  history.replaceState(null, "", hash.size ? "#" + hash : location.pathname);
  showChoice();
  refreshTopics().then(refreshTopicLines).catch(failed);
  showSoon();
}

function readHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  view.flow = hash.get("flow") || "";
  view.search = hash.get("search") || "";
  if (rangeWords[hash.get("range")]) view.range = hash.get("range");
  if (hash.get("sort") in DESCENDING) view.sort = hash.get("sort");
  view.descending = hash.has("order") ? hash.get("order") === "desc" : DESCENDING[view.sort];
}

function showChoice() {
  for (const button of $("range").children) setAttribute(button, "aria-pressed", button.value === view.range ? "true" : "false");
  $("topics-flow").value = view.flow;
  if ($("topics-search").value !== view.search) $("topics-search").value = view.search;
  setAttribute($("topics-order"), "hidden", view.sort === "attention" && view.descending ? "" : null);
}

readHash();
$("range").append(...RANGES.map(([value, title]) => el("button", { type: "button", value, on: { click: () => { view.range = value; rangeChosen = true; refreshLines().catch(failed); changed(); } } }, title)));
$("topics-flow").addEventListener("change", (event) => { view.flow = event.target.value; view.skip = 0; changed(); });
let typed = 0;
$("topics-search").addEventListener("input", (event) => {
  clearTimeout(typed);
  typed = setTimeout(() => { view.search = event.target.value.trim(); view.skip = 0; changed(); }, 150);
});
$("topics-order").addEventListener("click", () => { view.sort = "attention"; view.descending = true; view.skip = 0; changed(); });
$("topics-prev").addEventListener("click", () => { view.skip = Math.max(0, view.skip - PAGE); changed(); });
$("topics-next").addEventListener("click", () => { view.skip += PAGE; changed(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); $("topics-search").focus(); }
});
new ResizeObserver(showSoon).observe($("map"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) { showSoon(); refreshAll(); } });
showChoice();
connect();
setInterval(showLive, 1000);
setInterval(() => { if (!document.hidden && model.connected && model.fleet) refreshFleet().catch(failed); }, 2000);
setInterval(() => { if (!document.hidden && model.connected) refreshTopics().catch(failed); }, 4000);
setInterval(() => { if (!document.hidden && model.connected) { refreshGroups().catch(failed); refreshTraffic().catch(failed); refreshLines().then(refreshTopicLines).catch(failed); } }, 10000);
