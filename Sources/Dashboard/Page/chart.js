// SPDX-License-Identifier: Apache-2.0
// Lines of the past. Where a value was unknown there is a dotted line at the foot, and no value.
// Before `from` there was nothing to see, since the daemon was not there.
function paths(values, width, height, top, begin) {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (value) => height - 1.5 - (height - 4) * (top > 0 ? Math.min(1, value / top) : 0);
  let line = "", area = "", gap = "", from = null;
  const close = (end) => { if (from !== null) area += `L${end.toFixed(1)} ${height}L${from.toFixed(1)} ${height}Z`; from = null; };
  values.forEach((value, index) => {
    const x = index * step;
    if (value === null && index < begin) return;
    if (value === null) {
      close(Math.max(0, x - step));
      gap += `M${Math.max(0, x - step / 2).toFixed(1)} ${height - 1.5}h${step.toFixed(1)}`;
      return;
    }
    const point = `${x.toFixed(1)} ${y(value).toFixed(1)}`;
    if (from === null) { line += "M" + point; area += "M" + point; from = x; } else { line += "L" + point; area += "L" + point; }
    if (values.length === 1 || (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null) line += "h1";
  });
  close((values.length - 1) * step);
  return { line, area, gap };
}

// Draws into a cell; what it shows is also said, for those who do not see it.
function drawLine(cell, values, what, say, { width = 160, height = 22 } = {}) {
  let picture = cell.querySelector("svg");
  if (!picture) {
    picture = svg("svg", { class: "line", role: "img", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" },
      svg("path", { class: "area" }), svg("path", { class: "run" }), svg("path", { class: "gap" }));
    cell.append(picture);
  }
  const known = (values || []).filter((value) => value !== null);
  const top = known.length ? Math.max(...known) : 0;
  const first = (values || []).length - Math.ceil(upSeconds() / (rangeSeconds[view.range] / Math.max(1, (values || []).length)));
  const drawn = paths(values || [], width, height, top, first);
  setAttribute(picture.children[0], "d", drawn.area);
  setAttribute(picture.children[1], "d", drawn.line);
  setAttribute(picture.children[2], "d", drawn.gap);
  const last = values && values.length ? values[values.length - 1] : null;
  const label = known.length ? `${what}: now ${say(last)}, at most ${say(top)}` : `${what}: nothing known yet`;
  setAttribute(picture, "aria-label", label);
  setAttribute(cell, "title", label);
}

const upSeconds = () => (model.status ? (new Date(model.status.generated_at) - new Date(model.status.started_at)) / 1000 : 0);
const rangeSeconds = { "10m": 600, "1h": 3600, "24h": 86400 };
const RANGES = [["10m", "10 min"], ["1h", "1 h"], ["24h", "24 h"]];
const rangeWords = { "10m": "last 10 min", "1h": "last hour", "24h": "last day" };
