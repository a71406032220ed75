// SPDX-License-Identifier: Apache-2.0
// Clusters on an ellipse, an arrow for each flow with its lag and rate.
const map = { shape: "", edges: new Map(), nodes: new Map() };

function flowLevel(flow) {
  if (flow.state === "failed" || flow.stopped_partitions > 0) return "bad";
  if ([flow.source, flow.target].some(isDown)) return "bad";
  if (flow.lag_records === null) return "unknown";
  return flow.lag_records === 0 ? "caught" : "behind";
}
const levelWords = { bad: "needs attention", unknown: "lag unknown", caught: "caught up", behind: "behind" };

function drawMap() {
  const flows = model.flowList.filter((flow) => flow.enabled);
  const names = [...new Set([...model.clusters.keys(), ...flows.flatMap((flow) => [flow.source, flow.target])])];
  const box = $("map"), size = { width: Math.max(300, box.clientWidth), height: Math.max(200, box.clientHeight) };
  const shape = JSON.stringify([names, flows.map(flowName), size]);
  if (shape !== map.shape) buildMap(names, flows, size, shape);
  for (const name of names) {
    const node = map.nodes.get(name), cluster = model.clusters.get(name);
    const down = isDown(name);
    setAttribute(node, "class", "node" + (down ? " down" : cluster && !cluster.up ? " never" : ""));
    setText(node.lastChild, down ? "DOWN " + age((Date.now() - new Date(cluster.down_since)) / 1000) : cluster && !cluster.up ? "no answer yet" : "");
  }
  for (const flow of flows) {
    const edge = map.edges.get(flowName(flow)), level = flowLevel(flow);
    setAttribute(edge, "class", "edge " + level + (view.flow === flowName(flow) ? " chosen" : ""));
    const narrow = size.width < 480;
    const lag = narrow && flow.stopped_partitions === 0 ? count(flow.lag_records) : flow.stopped_partitions > 0 ? narrow ? plural(flow.stopped_partitions, "stopped", "stopped") : plural(flow.stopped_partitions, "partition stopped", "partitions stopped")
      : flow.lag_records === null ? "lag unknown"
      : flow.lag_records === 0 ? "caught up" : count(flow.lag_records) + " behind" + (flow.lag_seconds === null ? "" : " · " + age(flow.lag_seconds));
    const p99 = flow.replication_latency_p99_seconds;
    const speed = (flow.records_per_second === null ? UNKNOWN : rate(flow.records_per_second) + "/s") + (p99 === null || size.width < 560 || names.length > 2 ? "" : " · p99 " + latency(p99));
    setText(edge.querySelector(".lag"), lag);
    setText(edge.querySelector(".rate"), narrow ? "" : speed);
    setAttribute(edge, "aria-label", `${flow.source} to ${flow.target}: ${levelWords[level]}, ${lag}, ${speed}`);
  }
}

function buildMap(names, flows, { width, height }, shape) {
  map.shape = shape;
  map.edges.clear();
  map.nodes.clear();
  const place = new Map(names.map((name, index) => {
    const turn = (2 * Math.PI * index) / names.length - (names.length === 2 ? Math.PI : Math.PI / 2);
    // Room for the labels at the sides, and for what is written under a cluster.
    const wide = Math.max(70, width / 2 - (names.length === 2 ? 60 : width < 480 ? 80 : 100)), high = names.length === 2 ? 0 : height / 2 - 46;
    return [name, { x: width / 2 + wide * Math.cos(turn), y: height / 2 - 6 + high * Math.sin(turn) }];
  }));
  // Three on an ellipse stand high: the middle of what is there goes to the middle of the picture.
  const heights = [...place.values()].map((point) => point.y);
  const shift = height / 2 - 6 - (Math.min(...heights) + Math.max(...heights)) / 2;
  for (const point of place.values()) point.y += shift;
  const edges = flows.map((flow) => {
    const edge = buildEdge(flowName(flow), place.get(flow.source), place.get(flow.target), names.length, width < 480);
    map.edges.set(flowName(flow), edge);
    return edge;
  });
  const nodes = names.map((name) => {
    const { x, y } = place.get(name);
    const short = name.length > 11 ? name.slice(0, 10) + "…" : name;
    const node = svg("g", { class: "node" }, svg("title", {}, name), svg("circle", { cx: x, cy: y, r: 30 }),
      svg("text", { x, y, class: "name" }, short), svg("text", { x, y: y < height / 2 - 10 ? y - 40 : y + 41, class: "what" }));
    map.nodes.set(name, node);
    return node;
  });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Clusters and flows" }, ...edges, ...nodes);
  $("map").replaceChildren(picture);
  $("map").classList.toggle("many", flows.length > 12);
}

function buildEdge(name, from, to, nodes, narrow) {
  const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy) || 1;
  // To the right of the way, so that there and back are two arrows.
  const bend = nodes === 2 ? 90 : nodes > 4 ? 16 : 34;
  const cx = (from.x + to.x) / 2 - (dy / length) * bend, cy = (from.y + to.y) / 2 + (dx / length) * bend;
  const towards = (point, distance) => {
    const d = Math.hypot(cx - point.x, cy - point.y) || 1;
    return { x: point.x + ((cx - point.x) / d) * distance, y: point.y + ((cy - point.y) / d) * distance };
  };
  const start = towards(from, 32), end = towards(to, 42), point = towards(to, 31);
  const turn = (Math.atan2(point.y - end.y, point.x - end.x) * 180) / Math.PI;
  const way = `M${start.x} ${start.y}Q${cx} ${cy} ${end.x} ${end.y}`;
  // Labels stand outside the curve, nearer to where the arrow ends: those of there and back keep apart.
  const nx = -dy / length, ny = dx / length;
  const anchor = nx > 0.35 ? "start" : nx < -0.35 ? "end" : "middle";
  const t = nodes === 2 ? 0.5 : narrow && anchor !== "middle" ? 0.75 : 0.6;
  const on = (a, b, c) => (1 - t) * (1 - t) * a + 2 * t * (1 - t) * b + t * t * c;
  const x = on(start.x, cx, end.x) + nx * 10, y = on(start.y, cy, end.y) + ny * (anchor === "middle" ? 20 : 10);
  const choose = () => chooseFlow(name);
  return svg("g", { class: "edge", tabindex: 0, role: "button", on: {
      click: choose, keydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } } } },
    svg("path", { class: "hit", d: way }), svg("path", { class: "line", d: way }),
    svg("path", { class: "tip", d: "M0 0L-12 5L-12 -5Z", transform: `translate(${point.x} ${point.y}) rotate(${turn})` }),
    svg("text", { class: "lag", x, y: y - 7, "text-anchor": anchor }), svg("text", { class: "rate", x, y: y + 8, "text-anchor": anchor }));
}
