// SPDX-License-Identifier: Apache-2.0
// The document. All text goes in as text: nothing that a cluster names is ever read as HTML.
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function put(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}
const el = (tag, attributes, ...children) => put(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => put(document.createElementNS(SVG, tag), attributes, children);

// Writes only what differs, so that nothing is laid out again, and no selection is lost.
function setText(element, text) { if (element.textContent !== text) element.textContent = text; }
function setAttribute(element, name, value) {
  if (value === null || value === undefined) { if (element.hasAttribute(name)) element.removeAttribute(name); }
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

// A table with a row for each item, kept from one showing to the next.
// Columns: {title, class, width, sort, cell(td, item)}.
class Table {
  constructor(section, columns, { onSort } = {}) {
    this.head = section.querySelector("thead");
    this.body = section.querySelector("tbody");
    this.columns = columns;
    this.rows = new Map();
    this.details = new Map();
    const line = el("tr");
    const group = el("colgroup");
    for (const column of columns) {
      const title = column.sort
        ? el("button", { type: "button", on: { click: () => onSort(column.sort) } }, column.title)
        : column.title;
      const cell = el("th", { scope: "col", class: column.class, "aria-sort": column.sort ? "none" : null }, title);
      if (column.width) cell.style.width = column.width;
      if (column.sort) cell.dataset.sort = column.sort;
      line.append(cell);
    }
    this.head.append(line);
  }

  showSort(sort, descending) {
    for (const cell of this.head.querySelectorAll("th[data-sort]"))
      setAttribute(cell, "aria-sort", cell.dataset.sort === sort ? (descending ? "descending" : "ascending") : "none");
  }

  // - item.key names a row; `detail(key)` may give an element to show under it.
  show(items, { detail } = {}) {
    const keys = new Set(items.map((item) => item.key));
    for (const [key, row] of this.rows) if (!keys.has(key)) { row.remove(); this.rows.delete(key); }
    let place = null;
    const follow = (row) => {
      const next = place ? place.nextSibling : this.body.firstChild;
      if (next !== row) this.body.insertBefore(row, next);
      place = row;
    };
    for (const line of this.body.querySelectorAll("tr.detail")) if (!keys.has(line.dataset.key)) line.remove();
    for (const item of items) {
      let row = this.rows.get(item.key);
      if (!row) {
        row = el("tr");
        for (const column of this.columns) row.append(el("td", { class: column.class }));
        this.rows.set(item.key, row);
      }
      this.columns.forEach((column, index) => column.cell(row.children[index], item, row));
      follow(row);
      const open = detail && detail(item.key);
      let line = this.details.get(item.key);
      if (open) {
        if (!line) {
          line = el("tr", { class: "detail" }, el("td", { colspan: this.columns.length }, open));
          line.dataset.key = item.key;
          this.details.set(item.key, line);
        }
        follow(line);
      } else if (line) { line.remove(); this.details.delete(item.key); }
    }
    for (const [key, line] of this.details) if (!keys.has(key)) { line.remove(); this.details.delete(key); }
  }
}

// Cells.
function number(cell, value, text) {
  setText(cell, text);
  cell.classList.toggle("unknown", value === null || value === undefined);
}
const BAD = ["LOST_DATA", "REWOUND", "SOURCE_MISSING", "TARGET_RESET", "REFUSED", "STOPPED", "failed", "silent"];
const WARN = ["STALLED", "FALLING_BEHIND", "HELD", "UNKNOWN", "degraded", "unmapped", "ahead", "stale", "unknown"];
function stateClass(word) {
  if (BAD.includes(word)) return "bad";
  if (WARN.includes(word)) return "warn";
  return word === "EMPTY" || word === "starting" || word === "not enabled" || word === "duplicate" ? "none" : "ok";
}
function state(cell, word) {
  let mark = cell.firstElementChild;
  if (!mark) cell.append((mark = el("span")));
  setText(mark, word.toLowerCase().replaceAll("_", " "));
  setAttribute(mark, "class", "state " + stateClass(word));
}

async function ask(path, parameters) {
  const query = new URLSearchParams(parameters || {}).toString();
  const answer = await fetch(path + (query ? "?" + query : ""), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(path + " answers " + answer.status);
  return answer.json();
}
