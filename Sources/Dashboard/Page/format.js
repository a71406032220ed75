// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them. What is unknown is `unknown`, never 0.
const grouping = new Intl.NumberFormat("en", { useGrouping: true, maximumFractionDigits: 0 });
const UNKNOWN = "unknown";

const count = (n) => (n === null || n === undefined ? UNKNOWN : grouping.format(n).replaceAll(",", "\u202f"));

function age(seconds) {
  if (seconds === null || seconds === undefined) return UNKNOWN;
  if (seconds === 0) return "0 s";
  if (seconds < 9.95) return seconds.toFixed(1) + " s";
  if (seconds < 119.5) return Math.round(seconds) + " s";
  if (seconds < 7200) return Math.floor(seconds / 60) + " min";
  if (seconds < 172800) return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
  return Math.floor(seconds / 86400) + " d " + Math.floor((seconds % 86400) / 3600) + " h";
}

function latency(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  return seconds < 1 ? Math.round(seconds * 1000) + " ms" : age(seconds);
}

function bytes(n) {
  if (n === null || n === undefined) return UNKNOWN;
  if (n < 1000) return Math.round(n) + " B";
  let unit = -1;
  do { n /= 1000; unit += 1; } while (n >= 999.5 && unit < 4);
  return n.toFixed(n < 9.95 ? 1 : 0) + " " + "kMGTP"[unit] + "B";
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });
function moment(iso) {
  const date = new Date(iso);
  return Math.abs(Date.now() - date) < 64800000 ? clock.format(date) : day.format(date);
}

const rate = (n) => (n === null || n === undefined ? UNKNOWN : count(Math.round(n)));
const flowName = (f) => f.source + "->" + f.target;
const flowTitle = (name) => name.replace("->", " → ");
// As a shell takes it, whatever is in it.
const quoted = (text) => (/^[\w.:/-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'");
const plural = (n, one, many) => count(n) + " " + (n === 1 ? one : many);
