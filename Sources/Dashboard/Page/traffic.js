// SPDX-License-Identifier: Apache-2.0
// What flows have on the network, and what it costs; each opens to its ten largest topics.
const traffic = { flows: [], open: new Map() };
const amounts = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const money = (n) => (n === null || n === undefined ? "–" : n > 0 && n < 0.005 ? "< 0.01" : amounts.format(n).replaceAll(",", "\u202f"));
const size = (of) => (cell, item) => {
  const n = of(item);
  number(cell, n, bytes(n));
  setAttribute(cell, "title", n === null ? null : count(n) + " bytes");
};
const discarded = (flow) => flow.discarded.reduce((sum, one) => sum + one.bytes, 0);
const counted = (flow) => (flow.billable_side === "target" ? flow.written : flow.read);

const trafficTable = new Table($("traffic"), [
  { title: "Flow", width: "17%", cell: (cell, item) => trafficButton(cell, item) },
  { title: "Read", class: "num wide", cell: size((flow) => flow.read.wire_bytes) },
  { title: "Written", class: "num wide", cell: size((flow) => flow.written.wire_bytes) },
  { title: "Discarded", class: "num wide", cell: size(discarded) },
  { title: "Saved by compression", class: "num wide", width: "14%", cell: size((flow) => counted(flow).saved_bytes) },
  { title: "Counted side", class: "wide", cell: (cell, item) => setText(cell, item.billable_side || UNKNOWN) },
  { title: "Billable", class: "num", cell: size((flow) => flow.billable_bytes) },
  { title: "Cost", class: "num", cell: (cell, item) => setText(cell, money(item.cost)) },
  { title: "Bytes a month", class: "num wide", cell: size((flow) => flow.monthly_bytes) },
  { title: "Cost a month", class: "num", cell: (cell, item) => setText(cell, money(item.monthly_cost)) },
]);

function trafficButton(cell, item) {
  let button = cell.firstElementChild;
  if (!button) cell.append((button = el("button", { type: "button", class: "open", on: { click: () => toggleTraffic(item.key) } })));
  setText(button, flowTitle(item.key));
  setAttribute(button, "aria-expanded", traffic.open.has(item.key) ? "true" : "false");
}

function toggleTraffic(key) {
  if (!traffic.open.delete(key)) traffic.open.set(key, openTraffic(key));
  showTraffic();
}

function openTraffic(key) {
  const section = el("div", { class: "scroll" }, el("table", {}, el("caption", { class: "hidden" }, `The largest topics of ${flowTitle(key)}`), el("thead"), el("tbody")));
  const table = new Table(section, [
    { title: "Topic", class: "name", width: "34%", cell: (cell, item) => setText(cell, item.topic) },
    { title: "Read", class: "num wide", cell: size((topic) => topic.fetched_bytes) },
    { title: "Replicated", class: "num wide", cell: size((topic) => topic.replicated_bytes) },
    { title: "Discarded", class: "num", cell: size((topic) => topic.discarded_bytes) },
    { title: "Share", class: "num", cell: (cell, item) => setText(cell, item.share === null ? "–" : (item.share * 100).toFixed(1) + " %") },
    { title: "Cost", class: "num", cell: (cell, item) => setText(cell, money(item.cost)) },
  ]);
  const rest = el("p", { class: "muted" });
  return { element: el("div", {}, section, rest), show: (flow) => {
    table.show(flow.topics.map((topic) => ({ ...topic, key: topic.topic })));
    setText(rest, "Bytes of keys and values, uncompressed." + (flow.topics_omitted ? ` ${plural(flow.topics_omitted, "more topic", "more topics")}.` : ""));
  } };
}

function showTraffic() {
  for (const flow of traffic.flows) if (traffic.open.has(flow.key)) traffic.open.get(flow.key).show(flow);
  trafficTable.show(traffic.flows, { detail: (key) => (traffic.open.get(key) || {}).element });
  const since = traffic.flows.map((flow) => flow.since).filter(Boolean).sort()[0];
  const priced = traffic.flows.some((flow) => flow.price_per_gigabyte !== null);
  setText($("traffic-count"), (since ? "since " + moment(since) : "") + (priced ? "" : " · no price is set (link.price.per.gb)"));
}

async function refreshTraffic() {
  traffic.flows = (await ask("/api/v1/traffic")).flows.map((flow) => ({ ...flow, key: flowName(flow) }));
  showTraffic();
}
