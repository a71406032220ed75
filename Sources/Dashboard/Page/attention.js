// SPDX-License-Identifier: Apache-2.0
// What needs a person, worst first, each with what to do.
const isDown = (alias) => { const cluster = model.clusters.get(alias); return Boolean(cluster && !cluster.up && cluster.down_since); };
function findings() {
  const found = [];
  const add = (level, mark, title, text, command, since) => found.push({ level, mark, title, text, command, since });
  for (const cluster of model.clusters.values())
    if (!cluster.up && cluster.down_since)
      add("error", "CLUSTER DOWN", cluster.alias, cluster.problem || "no broker answers", "tern check FILE", cluster.down_since);
  for (const flow of model.flowList) if (flow.enabled) flowFindings(flow, add);
  for (const job of (model.status && model.status.jobs) || []) {
    const whose = (job.flow ? flowTitle(job.flow) + " · " : "") + job.name;
    // Of a peer the fleet says more.
    if (job.name.startsWith("peer ") && !job.overdue) continue;
    if (job.overdue) add("error", "JOB STOPPED", whose, "It has not come round in time. A restart of the daemon brings it back.", "systemctl restart tern", job.last_round_at);
    // While a cluster is down that is said once.
    else if (!job.flow || !job.flow.split("->").some(isDown)) add("warning", "JOB FAILED", whose, job.problem, null, job.last_round_at);
  }
  if (model.fleet) model.fleet.findings(add);
  const region = model.status && model.status.region;
  if (region && region.forced_unhealthy) add("warning", "DRAINED", region.region, "An operator drains this region: /health answers 503.", null, null);
  else if (region && region.healthy === false) add("error", "REGION CHECK", region.region, "A write to the region's cluster was not acknowledged and read back.", null, region.checked_at);
  for (const flow of model.groups) {
    const bad = flow.groups.filter((group) => group.state === "failed" || group.state === "unmapped");
    for (const group of bad.slice(0, 10))
      add("warning", "GROUP NOT READY", group.id, `${flowTitle(flowName(flow))}: ${group.reason || group.state}`, "tern offsets groups " + quoted(flowName(flow)), null);
    if (bad.length > 10) add("warning", "GROUPS NOT READY", plural(bad.length - 10, "more group", "more groups"), flowTitle(flowName(flow)), "tern offsets groups " + quoted(flowName(flow)), null);
  }
  const order = { error: 0, warning: 1 };
  return found.map((item, index) => ({ ...item, index })).sort((a, b) => order[a.level] - order[b.level] || a.index - b.index);
}

// The command that ends it, where its sentence has one; else the one that shows more. Whoever copies it runs it in a shell: nothing but
// names, numbers and quotes.
const remedy = /tern (?:progress set [\w.' >=-]+? --execute|flow restart [\w.' >-]+ --partition \d+|topic alter [\w. =-]+)/;
function stopFinding(add, stop, flow, where) {
  add("error", stop.status.replaceAll("_", " "), `${stop.topic}/${stop.partition} · ${flowTitle(flow)}` + (stop.offset === null ? "" : ` · offset ${count(stop.offset)}`) + where,
    `${stop.code}: ${stop.text}`, (stop.text.match(remedy) || [`tern lag ${quoted(flow)} --topic ${quoted(stop.topic)}`])[0], stop.since);
}

function flowFindings(flow, add) {
  const name = flowName(flow), title = flowTitle(name);
  const clusterDown = [flow.source, flow.target].some(isDown);
  for (const stop of flow.stopped) stopFinding(add, stop, name, "");
  const more = flow.stopped_partitions - flow.stopped.length;
  if (more > 0) add("error", "STOPPED", plural(more, "more partition", "more partitions") + " · " + title, "", `tern lag ${quoted(name)}`, null);
  if (flow.lost_records > 0) add("error", "LOST", title, plural(flow.lost_records, "record", "records") + " left the source before they were copied.", `tern lag ${quoted(name)}`, null);
  const left = flow.retention_headroom_seconds;
  if (left !== null && left < 86400 && flow.lag_records !== 0)
    add(left < 3600 ? "error" : "warning", "RETENTION", title, `Unread records fall to the source's retention in ${age(left)}.`, `tern lag ${quoted(name)} --sort time`, null);
  if (flow.state === "failed") add("error", "FLOW FAILED", title, flow.reason || "", null, flow.since);
  else if (flow.state !== "running" && flow.reason && !clusterDown && flow.stopped_partitions === 0)
    add("warning", flow.state.toUpperCase(), title, flow.reason, null, flow.since);
  for (const topic of flow.not_mirrored) add("warning", "NOT MIRRORED", `${topic.topic} · ${title}`, topic.reason, null, null);
  const others = flow.topics_not_mirrored - flow.not_mirrored.length;
  if (others > 0) add("warning", "NOT MIRRORED", plural(others, "more topic", "more topics") + " · " + title, "", null, null);
  if (flow.lag_unknown_partitions > 0 && !clusterDown && flow.state !== "starting")
    add("warning", "LAG UNKNOWN", title, plural(flow.lag_unknown_partitions, "partition's lag is", "partitions' lag is") + " not known.", `tern lag ${quoted(name)}`, null);
}

// Of all flows together; unknown as soon as one is.
function showTotals() {
  const flows = model.flowList.filter((flow) => flow.enabled);
  const all = (key, join) => (flows.some((flow) => flow[key] === null) ? null : flows.reduce((sum, flow) => join(sum, flow[key]), 0));
  const lag = all("lag_records", (a, b) => a + b), worst = all("lag_seconds", Math.max);
  // Of the flows whose time is known: it is no less than that.
  const least = Math.max(...flows.map((flow) => flow.lag_seconds ?? 0));
  setText($("total-flows"), `${count(flows.filter((flow) => flow.state === "running").length)} of ${count(flows.length)}`);
  number($("total-lag"), lag, count(lag));
  number($("total-age"), worst, worst === null && least > 0 ? "≥ " + age(least) : age(worst));
  const speed = all("records_per_second", (a, b) => a + b);
  number($("total-rate"), speed, rate(speed));
}

let shownFindings = "";
function showAttention() {
  showTotals();
  const found = findings();
  const errors = found.filter((item) => item.level === "error").length;
  const level = errors ? "error" : found.length ? "warning" : "ok";
  const starting = model.flowList.some((flow) => flow.enabled && flow.state === "starting");
  setText($("verdict"), model.status === null ? "" : found.length ? plural(found.length, "thing needs attention", "things need attention") : starting ? "Starting" : "All flows run");
  setAttribute($("verdict"), "data-level", level);
  setText($("attention-count"), found.length ? count(found.length) : "");
  document.title = (found.length ? `(${found.length}) ` : "") + "tern" + (model.status ? " " + model.status.region.region : "");
  const shown = JSON.stringify(found);
  if (shown === shownFindings) return;
  shownFindings = shown;
  $("attention-list").replaceChildren(...(found.length ? found.slice(0, 100).map(finding) : [el("li", { class: "calm" }, "Nothing. Partitions run, clusters answer, jobs come round, groups are ready.")]));
}

function finding(item) {
  return el("li", { class: item.level },
    el("div", { class: "head" }, el("span", { class: "mark" }, item.mark), el("span", {}, item.title),
      item.since ? el("time", { datetime: item.since, title: item.since }, moment(item.since)) : null),
    item.text ? el("div", {}, item.text) : null,
    item.command ? el("div", { class: "command" }, el("code", {}, item.command), copyButton(item.command)) : null);
}

function copyButton(text) {
  const button = el("button", { type: "button", "aria-label": "Copy the command " + text }, "Copy");
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
    catch { getSelection().selectAllChildren(button.previousSibling); }
  });
  return button;
}
