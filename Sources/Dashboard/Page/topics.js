// SPDX-License-Identifier: Apache-2.0
// The topics, a page at a time as the daemon sorts and filters them, and each topic's partitions.
const PAGE = 25;
const topics = { rows: [], total: 0, lines: new Map(), open: new Map(), asked: 0 };
const topicKey = (topic) => JSON.stringify([topic.source, topic.target, topic.topic]);

const topicTable = new Table($("topics"), [
  { title: "Topic", sort: "topic", class: "name", width: "28%", cell: (cell, item, row) => topicButton(cell, item, row) },
  { title: "Flow", sort: "flow", class: "wide", cell: (cell, item) => setText(cell, `${item.source} → ${item.target}`) },
  { title: "State", sort: "attention", width: "13%", cell: (cell, item) => state(cell, item.status) },
  { title: "Partitions", sort: "partitions", class: "num wide", width: "8%", cell: (cell, item) => setText(cell, count(item.partitions)) },
  { title: "Behind", sort: "lag_records", class: "num lag", width: "11%", cell: (cell, item) => number(cell, item.lag_records, count(item.lag_records)) },
  { title: "Time behind", sort: "lag_seconds", class: "num", width: "10%", cell: (cell, item) => number(cell, item.lag_seconds, age(item.lag_seconds)) },
  { title: "Retention left", class: "num wide", width: "10%", cell: (cell, item) => setText(cell, item.retention_headroom_seconds === null ? "–" : age(item.retention_headroom_seconds)) },
  { title: "Lag", class: "wide", width: "13%", cell: (cell, item) => drawLine(cell, (topics.lines.get(item.key) || {}).lag_records, "Records behind, " + rangeWords[view.range], count) },
], { onSort: (sort) => sortTopics(sort) });

function topicButton(cell, item) {
  let button = cell.firstElementChild;
  if (!button) {
    button = el("button", { type: "button", class: "open" });
    button.addEventListener("click", () => toggleTopic(JSON.parse(button.dataset.key)));
    cell.append(button);
  }
  button.dataset.key = JSON.stringify([item.source, item.target, item.topic]);
  setText(button, item.topic);
  setAttribute(button, "title", `${item.topic} on ${item.source}, ${item.target_topic} on ${item.target}`);
  setAttribute(button, "aria-expanded", topics.open.has(item.key) ? "true" : "false");
}

const DESCENDING = { attention: true, lag_records: true, lag_seconds: true, partitions: true, topic: false, flow: false };
function sortTopics(sort) {
  view.descending = view.sort === sort ? !view.descending : DESCENDING[sort];
  view.sort = sort;
  view.skip = 0;
  changed();
}

async function refreshTopics() {
  const asked = ++topics.asked;
  const query = { sort: view.sort, order: view.descending ? "desc" : "asc", skip: view.skip, limit: PAGE };
  if (view.flow) query.flow = view.flow;
  if (view.search) query.search = view.search;
  const report = await ask("/api/v1/topics", query);
  if (asked !== topics.asked) return;
  topics.rows = report.topics.map((topic) => ({ ...topic, key: topicKey(topic) }));
  topics.total = report.total;
  if (view.skip >= report.total && view.skip > 0) { view.skip = Math.max(0, Math.floor((report.total - 1) / PAGE) * PAGE); return refreshTopics(); }
  showTopics();
  await Promise.all([...topics.open.values()].map((open) => open.refresh()));
}

function showTopics() {
  topicTable.showSort(view.sort, view.descending);
  topicTable.show(topics.rows, { detail: (key) => (topics.open.get(key) || {}).element });
  setText($("topics-count"), count(topics.total));
  const last = Math.min(view.skip + PAGE, topics.total);
  setText($("topics-page"), topics.total === 0 ? (view.search || view.flow ? "No topic matches" : "No topic is mirrored yet") : `${count(view.skip + 1)} – ${count(last)} of ${count(topics.total)}`);
  $("topics-prev").disabled = view.skip === 0;
  $("topics-next").disabled = last >= topics.total;
}

// Lines of the topics on this page: one question for each flow, and as many as fit into a URL.
async function refreshTopicLines() {
  const byFlow = Map.groupBy ? Map.groupBy(topics.rows, flowName) : topics.rows.reduce((all, row) => all.set(flowName(row), [...(all.get(flowName(row)) || []), row]), new Map());
  const lines = new Map();
  for (const [flow, rows] of byFlow) {
    let rest = rows.map((row) => row.topic);
    while (rest.length) {
      const query = new URLSearchParams({ flow, range: view.range, points: 30 });
      while (rest.length && query.toString().length + encodeURIComponent(rest[0]).length < 3500) query.append("topic", rest.shift());
      if (!query.has("topic")) { rest.shift(); continue; }
      const report = await ask("/api/v1/history", query);
      for (const series of report.series) lines.set(topicKey(series), series);
    }
  }
  topics.lines = lines;
  showTopics();
}

function toggleTopic([source, target, topic]) {
  const key = JSON.stringify([source, target, topic]);
  if (topics.open.has(key)) topics.open.delete(key);
  else topics.open.set(key, openTopic(source, target, topic));
  showTopics();
}

function openTopic(source, target, topic) {
  const flow = `${source}->${target}`;
  const lag = el("figure", {}, el("figcaption", {}, "Records behind"), el("div"));
  const speed = el("figure", {}, el("figcaption", {}, "Records per second"), el("div"));
  const section = el("div", {}, el("div", { class: "charts" }, lag, speed), el("div", { class: "scroll" }, el("table", {}, el("caption", { class: "hidden" }, `Partitions of ${topic}`), el("thead"), el("tbody"))));
  const lines = new Map();
  const table = new Table(section, [
    { title: "Partition", class: "num", width: "7%", cell: (cell, item) => setText(cell, String(item.partition)) },
    { title: "State", width: "12%", cell: (cell, item) => state(cell, item.status) },
    { title: "Behind", class: "num", width: "8%", cell: (cell, item) => number(cell, item.lag_records, count(item.lag_records)) },
    { title: "Time behind", class: "num", width: "10%", cell: (cell, item) => number(cell, item.lag_seconds, age(item.lag_seconds)) },
    { title: "Mirrored to", class: "num wide", width: "9%", cell: (cell, item) => number(cell, item.replicated_offset, count(item.replicated_offset)) },
    { title: "Source ends", class: "num wide", width: "9%", cell: (cell, item) => number(cell, item.end_offset, count(item.end_offset)) },
    { title: "Held", class: "num wide", width: "7%", cell: (cell, item) => number(cell, item.lag_held_records, count(item.lag_held_records)) },
    { title: "Lag", class: "wide", width: "14%", cell: (cell, item) => drawLine(cell, (lines.get(item.partition) || {}).lag_records, `Records behind, ${rangeWords[view.range]}`, count) },
    { title: "Why it stopped", class: "stop", cell: (cell, item) => setText(cell, item.stopped ? `${item.stopped.code}: ${item.stopped.text}` : "") },
  ]);
  async function refresh() {
    const [report, past] = await Promise.all([
      ask("/api/v1/lag", { flow, topic, level: "partition" }),
      ask("/api/v1/history", { flow, topic, level: "partition", range: view.range, points: 120 })]);
    const found = ((report.flows[0] || {}).topics || [])[0];
    const partitions = found ? found.partitions : [];
    for (const series of past.series) {
      if (series.partition === undefined) {
        drawLine(lag.lastChild, series.lag_records, "Records behind, " + rangeWords[view.range], count, { width: 480, height: 72 });
        drawLine(speed.lastChild, series.records_per_second, "Records per second, " + rangeWords[view.range], rate, { width: 480, height: 72 });
        setText(lag.firstChild, lag.lastChild.title);
        setText(speed.firstChild, speed.lastChild.title);
      } else lines.set(series.partition, series);
    }
    const rank = (item) => (item.stopped ? 0 : item.lag_records === null ? 1 : 2);
    const rows = partitions.map((item) => ({ ...item, key: item.partition }));
    rows.sort((a, b) => rank(a) - rank(b) || a.partition - b.partition);
    table.show(rows.slice(0, 200));
  }
  refresh().catch(failed);
  return { element: section, refresh };
}
