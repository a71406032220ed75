// SPDX-License-Identifier: Apache-2.0
// Clusters on an ellipse, an arrow for each flow with its lag and rate.
class FlowMap {
  // - title: what the picture is, for screen readers. - choose(name): when an arrow is chosen.
  constructor(box, title, choose) {
    Object.assign(this, { box: $(box), title, choose, shape: "", edges: new Map(), nodes: new Map() });
  }

  // - names: of clusters. - node(name): {class, what, title}. - edge(flow, narrow, width): {level, lag, speed, chosen}.
  draw(names, flows, { node, edge }) {
    const size = { width: Math.max(300, this.box.clientWidth), height: Math.max(200, this.box.clientHeight) };
    const shape = JSON.stringify([names, flows.map(flowName), size]);
    if (shape !== this.shape) this.build(names, flows, size, shape);
    for (const name of names) {
      const face = node(name), place = this.nodes.get(name);
      setAttribute(place, "class", "node" + face.class);
      setText(place.lastChild, face.what);
      setText(place.firstChild, face.title || name);
    }
    const narrow = size.width < 480;
    let bad = 0;
    for (const flow of flows) {
      const arrow = this.edges.get(flowName(flow)), { level, lag, speed, chosen } = edge(flow, narrow, size.width);
      bad += level === "bad";
      setAttribute(arrow, "class", "edge " + level + (chosen ? " chosen" : ""));
      setText(arrow.querySelector(".lag"), lag);
      setText(arrow.querySelector(".rate"), narrow ? "" : speed);
      setAttribute(arrow, "aria-label", `${flow.source} to ${flow.target}: ${levelWords[level]}, ${lag}, ${speed}`);
    }
    // Where most is bad, as when a region is lost, labels would cover each other.
    this.box.classList.toggle("most", bad > 12);
  }

  build(names, flows, { width, height }, shape) {
    this.shape = shape;
    this.edges.clear();
    this.nodes.clear();
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
      const edge = buildEdge(flowName(flow), place.get(flow.source), place.get(flow.target), names.length, width < 480, this.choose);
      this.edges.set(flowName(flow), edge);
      return edge;
    });
    const nodes = names.map((name) => {
      const { x, y } = place.get(name);
      const short = name.length > 11 ? name.slice(0, 10) + "…" : name;
      const node = svg("g", { class: "node" }, svg("title", {}, name), svg("circle", { cx: x, cy: y, r: 30 }),
        svg("text", { x, y, class: "name" }, short), svg("text", { x, y: y < height / 2 - 10 ? y - 40 : y + 41, class: "what" }));
      this.nodes.set(name, node);
      return node;
    });
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": this.title }, ...edges, ...nodes);
    this.box.replaceChildren(picture);
    this.box.classList.toggle("many", flows.length > 12);
  }
}

function buildEdge(name, from, to, nodes, narrow, chosen) {
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
  const choose = () => chosen(name);
  return svg("g", { class: "edge", tabindex: 0, role: "button", on: {
      click: choose, keydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } } } },
    svg("path", { class: "hit", d: way }), svg("path", { class: "line", d: way }),
    svg("path", { class: "tip", d: "M0 0L-12 5L-12 -5Z", transform: `translate(${point.x} ${point.y}) rotate(${turn})` }),
    svg("text", { class: "lag", x, y: y - 7, "text-anchor": anchor }), svg("text", { class: "rate", x, y: y + 8, "text-anchor": anchor }));
}

function flowLevel(flow) {
  if (flow.state === "failed" || flow.stopped_partitions > 0) return "bad";
  if ([flow.source, flow.target].some(isDown)) return "bad";
  if (flow.lag_records === null) return "unknown";
  return flow.lag_records === 0 ? "caught" : "behind";
}
const levelWords = { bad: "needs attention", unknown: "lag unknown", caught: "caught up", behind: "behind" };
function lagWords(flow, narrow) {
  if (flow.stopped_partitions > 0) return narrow ? plural(flow.stopped_partitions, "stopped", "stopped") : plural(flow.stopped_partitions, "partition stopped", "partitions stopped");
  if (narrow) return count(flow.lag_records);
  if (flow.lag_records === null) return "lag unknown";
  return flow.lag_records === 0 ? "caught up" : count(flow.lag_records) + " behind" + (flow.lag_seconds === null ? "" : " · " + age(flow.lag_seconds));
}

const regionMap = new FlowMap("map", "Clusters and flows", (name) => chooseFlow(name));
function drawMap() {
  const flows = model.flowList.filter((flow) => flow.enabled);
  const names = [...new Set([...model.clusters.keys(), ...flows.flatMap((flow) => [flow.source, flow.target])])];
  regionMap.draw(names, flows, {
    node: (name) => {
      const cluster = model.clusters.get(name), down = isDown(name), never = cluster && !cluster.up;
      return { class: down ? " down" : never ? " never" : "",
        what: down ? "DOWN " + age((Date.now() - new Date(cluster.down_since)) / 1000) : never ? "no answer yet" : "" };
    },
    edge: (flow, narrow, width) => {
      const p99 = flow.replication_latency_p99_seconds;
      return { level: flowLevel(flow), lag: lagWords(flow, narrow), chosen: view.flow === flowName(flow),
        speed: (flow.records_per_second === null ? UNKNOWN : rate(flow.records_per_second) + "/s") + (p99 === null || width < 560 || names.length > 2 ? "" : " · p99 " + latency(p99)) };
    },
  });
}
