// SPDX-License-Identifier: Apache-2.0
// This daemon and its peers as one: a file of its own, which is loaded only where peers are configured.
export default ({ $, UNKNOWN, Table, FlowMap, ask, age, count, el, flowName, flowTitle, lagWords, number, plural, quoted, rate, setAttribute, setText, showSoon, state, stopFinding, report }) => {
const fleet = { report, flow: "" };
const section = el("section", { id: "fleet", class: "panel", "aria-labelledby": "fleet-h" },
  el("h2", { id: "fleet-h" }, "Fleet ", el("span", { id: "fleet-count", class: "count" })),
  el("div", { id: "fleet-body" }, el("div", { id: "fleet-map", class: "map" }),
    el("div", { id: "fleet-tables" }, table("fleet-daemons", "Daemons", "Daemons, each with a link to its own page"),
      table("fleet-flows", "Flows of the fleet", "Flows of all daemons, and who carries them"))));
$("attention").parentNode.prepend(section);
new ResizeObserver(showSoon).observe($("fleet-map"));

function table(id, label, caption) {
  return el("div", { id, class: "scroll", tabindex: 0, role: "region", "aria-label": label },
    el("table", {}, el("caption", { class: "hidden" }, caption), el("thead"), el("tbody")));
}

const fleetMap = new FlowMap("fleet-map", "Clusters and flows of all daemons", chooseFleetFlow);

const daemonTable = new Table($("fleet-daemons"), [
  { title: "Daemon", width: "36%", cell: daemonLink },
  { title: "State", width: "14%", cell: (cell, item) => { state(cell, item.state); setAttribute(cell, "title", item.problem); } },
  { title: "Region", class: "wide", width: "14%", cell: (cell, item) => setText(cell, item.region || "–") },
  { title: "Version", class: "wide", width: "12%", cell: (cell, item) => setText(cell, item.version || "–") },
  { title: "Up", class: "num wide", width: "12%", cell: (cell, item) => setText(cell, item.state === "silent" || !item.started_at ? "–" : age(Math.max(0, Math.round((new Date(fleet.report.generated_at) - new Date(item.started_at)) / 1000)))) },
  { title: "Figures", class: "num wide", cell: (cell, item) => number(cell, item.figures_age_seconds, item.figures_age_seconds === null ? UNKNOWN : age(Math.round(item.figures_age_seconds)) + " old") },
]);
const fleetFlowTable = new Table($("fleet-flows"), [
  { title: "Flow", width: "17%", cell: (cell, item, row) => { setText(cell, flowTitle(item.key)); setAttribute(cell, "title", flowTitle(item.key)); row.classList.toggle("chosen", fleet.flow === item.key); } },
  { title: "State", width: "13%", cell: (cell, item) => { state(cell, item.stopped_partitions ? "STOPPED" : item.state); setAttribute(cell, "title", item.reason); } },
  { title: "Behind", class: "num", width: "12%", cell: (cell, item) => number(cell, item.lag_records, atLeast(item.lag_records, item.lag_records_at_least, count)) },
  { title: "Time", class: "num wide", width: "13%", cell: (cell, item) => number(cell, item.lag_seconds, atLeast(item.lag_seconds, item.lag_seconds_at_least, age)) },
  { title: "Records/s", class: "num wide", width: "12%", cell: (cell, item) => number(cell, item.whole ? item.records_per_second : null, fleetRate(item)) },
  { title: "Carried by", class: "wide carriers", cell: (cell, item) => { const text = carriedBy(item); setText(cell, text); setAttribute(cell, "title", text); } },
]);

// What is not wholly known is no less than what is known of it.
const atLeast = (whole, least, words) => (whole !== null ? words(whole) : least > 0 ? "≥ " + words(least) : UNKNOWN);
const fleetRate = (flow) => atLeast(flow.whole ? flow.records_per_second : null, flow.records_per_second || 0, rate);
function carriedBy(flow) {
  // Who is not heard may run lanes, but not where others run them all.
  const carriers = flow.carriers.filter((carrier) => (flow.whole ? carrier.lanes_owned > 0 : carrier.lanes_owned !== 0));
  const lanes = `${count(flow.lanes_heard)} of ${flow.lanes === null ? "?" : count(flow.lanes)} lanes`;
  return (carriers.map((carrier) => (carrier.daemon === "self" ? "this daemon" : carrier.daemon.replace(/^https?:\/\//, "")) + (carrier.lanes_owned === null ? " (not heard)" : "")).join(", ") || "nobody") + " · " + lanes;
}

function daemonLink(cell, item) {
  const text = item.self ? "this daemon" + (item.url ? " · " + item.url : "") : item.key;
  setAttribute(cell, "title", [text, item.problem].filter(Boolean).join(": "));
  // Only what the daemon's own file says is followed, and only as a web address.
  if (item.self || !/^https?:\/\//.test(item.url || "")) return setText(cell, text);
  let link = cell.firstElementChild;
  if (!link) cell.append((link = el("a", { rel: "noreferrer" })));
  setText(link, text);
  setAttribute(link, "href", item.url + "/");
}

function chooseFleetFlow(name) {
  fleet.flow = fleet.flow === name ? "" : name;
  showFleet();
}

async function refresh() {
  fleet.report = await ask("/api/v1/fleet");
  showSoon();
}

function fleetLevel(flow, clusters) {
  if (flow.state === "failed" || flow.state === "unknown" || flow.stopped_partitions > 0) return "bad";
  if ([flow.source, flow.target].some((name) => clusters.get(name)?.up === false)) return "bad";
  return flow.lag_records === null ? "unknown" : flow.lag_records === 0 ? "caught" : "behind";
}

function fleetNode(cluster) {
  if (!cluster) return { class: "", what: "" };
  const cut = cluster.views.filter((seen) => seen.up === false);
  const others = cluster.aliases.filter((alias) => alias !== cluster.name);
  return {
    class: cluster.up === false ? " down" : cluster.up === null ? " never" : "",
    what: cluster.up === false ? "DOWN" : cluster.up === null ? "not heard" : cut.length ? plural(cut.length, "daemon cut off", "daemons cut off") : "",
    title: [cluster.name, others.length ? "also called " + others.join(", ") : "", ...cut.map((seen) => `does not answer ${seen.daemon}: ${seen.problem || "no answer"}`)].filter(Boolean).join("\n"),
  };
}

function showFleet() {
  const { daemons, flows } = fleet.report;
  const clusters = new Map(fleet.report.clusters.map((cluster) => [cluster.name, cluster]));
  const real = daemons.filter((daemon) => daemon.state !== "duplicate");
  setText($("fleet-count"), `${count(real.filter((daemon) => daemon.state === "heard").length)} of ${plural(real.length, "daemon", "daemons")} heard`);
  fleetMap.draw([...clusters.keys()], flows, {
    node: (name) => fleetNode(clusters.get(name)),
    edge: (flow, narrow) => ({
      level: fleetLevel(flow, clusters), chosen: fleet.flow === flowName(flow), speed: flow.state === "unknown" ? UNKNOWN : fleetRate(flow) + "/s",
      lag: flow.state === "unknown" ? "not heard" : flow.lag_records === null && flow.lag_records_at_least > 0 && !flow.stopped_partitions
        ? "≥ " + count(flow.lag_records_at_least) + (narrow ? "" : " behind") : lagWords(flow, narrow),
    }),
  });
  daemonTable.show(daemons.map((daemon) => ({ ...daemon, key: daemon.name })));
  fleetFlowTable.show(flows.map((flow) => ({ ...flow, key: flowName(flow) })));
}

// What stopped at a peer: there the page of this daemon knows no more than the fleet.
function carrierFindings({ daemon, flow, stopped, stopped_partitions }, add) {
  for (const stop of stopped || []) stopFinding(add, stop, flow, ` · by ${daemon}`);
  const more = (stopped_partitions || 0) - (stopped || []).length;
  if (more > 0) add("error", "STOPPED", `${plural(more, "partition", "partitions")} · ${flowTitle(flow)} · by ${daemon}`, "", `tern lag ${quoted(flow)} --url ${quoted(daemon)}`, null);
}

// Among what needs a person.
function fleetFindings(add) {
  for (const daemon of fleet.report.daemons) {
    if (daemon.state === "silent") add("error", "DAEMON SILENT", daemon.name, daemon.problem, "tern status --url " + quoted(daemon.name), daemon.last_answer_at);
    if (daemon.state === "stale" && !daemon.self) add("warning", "OLD FIGURES", daemon.name, daemon.problem, "tern status --url " + quoted(daemon.name), daemon.last_answer_at);
  }
  for (const flow of fleet.report.flows) {
    const name = flowTitle(flowName(flow));
    for (const carrier of flow.carriers) if (carrier.daemon !== "self") carrierFindings(carrier, add);
    if (flow.state === "unknown") add("error", "FLOW NOT HEARD", name, "No daemon that carries it is heard.", null, null);
    else if (!flow.whole && flow.state !== "starting" && flow.lanes > 0) add("warning", "LANES NOT HEARD", name, `The daemons that are heard run ${count(flow.lanes_heard)} of its ${plural(flow.lanes, "lane", "lanes")}: its figures are not whole.`, null, null);
  }
}
return { refresh, show: showFleet, findings: fleetFindings };
};
