"use strict";
// Data files beside the page call gristmill(name, value): nothing is fetched, for Chromium fetches no file from file://.
const arrived = new Map();
const waiting = new Map();

function gristmill(name, value) {
  arrived.set(name, value);
  (waiting.get(name) || []).forEach((done) => done(value));
  waiting.delete(name);
  if (name === "run") showRun(value);
  if (name === "judged") showJudged(value);
}

function load(name) {
  if (arrived.has(name)) return Promise.resolve(arrived.get(name));
  return new Promise((done) => {
    if (waiting.has(name)) return void waiting.get(name).push(done);
    waiting.set(name, [done]);
    const script = document.createElement("script");
    script.src = `${name}.js`;
    document.head.append(script);
  });
}

// Texts of documents are only ever text: nothing here makes markup of a string.
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
function draw(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  made.append(...children.flat());
  return made;
}

const commas = (count) => Math.round(count).toLocaleString("en-US");
function percent(part, whole) {
  if (!whole) return "-";
  const share = (100 * part) / whole;
  return share >= 0.05 || !part ? `${share.toFixed(1)} %` : "< 0.1 %";
}
function size(count) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) [count, unit] = [count / 1000, unit + 1];
  return `${unit === 0 || count >= 100 ? count.toFixed(0) : count.toFixed(1)} ${units[unit]}`;
}
const edge = (value) => (value >= 1000 ? commas(value) : String(Number(value.toPrecision(3))));

// Columns as rows, and the counts that beside.py made sparse.
function rows(columns) {
  const names = Object.keys(columns);
  return names.length ? columns[names[0]].map((_, i) => Object.fromEntries(names.map((n) => [n, columns[n][i]]))) : [];
}
function pairs(sparse) {
  const found = [];
  for (let i = 0; i < sparse.length; i += 2) found.push([sparse[i], sparse[i + 1]]);
  return found;
}
function curve(steps, length) {
  const found = new Array(length).fill(0);
  const changes = new Map(pairs(steps.slice(1)));
  let now = steps.length ? steps[0] : 0;
  for (let i = 0; i < length; i++) found[i] = now += changes.get(i) || 0;
  return found;
}

function showRun(run) {
  const place = document.getElementById("dates");
  if (!place || !run) return;
  const day = (stamp) => stamp.replace("T", " ").replace(/:\d\dZ$/, " UTC");
  const when = run.first === run.finished ? day(run.finished) : `${day(run.first)} to ${day(run.finished)}`;
  place.textContent = `Built ${when}: ${commas(run.seconds)} s, ${commas(run.cpu)} CPU s (${run.engines.join("; ")}).`;
}
