"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = name => document.getElementById(name);
const stored = "gristmill " + data.sample + " " + data.scheme + " " + data.annotator;
const codes = new Map(data.texts.map(([item]) => [item, {}]));
let place = 0;
let unsaved = 0;

const say = words => { at("said").textContent = words; at("said").hidden = !words; };
const isJudged = item => Boolean(codes.get(item)[data.deciding]);
const judged = () => data.texts.filter(([item]) => isJudged(item)).length;

function keep() {
  unsaved += 1;
  try {
    localStorage.setItem(stored, JSON.stringify([...codes]));
  } catch (error) {
    say("This browser keeps nothing of local pages: save the sheet before you close it.");
  }
}

function restore() {
  try {
    const kept = localStorage.getItem(stored);
    if (kept) for (const [item, own] of JSON.parse(kept)) if (codes.has(item)) codes.set(item, own);
  } catch (error) {
    say("What was judged here before cannot be read: open the sheet that you saved last.");
  }
}

function button(field, value, means, key) {
  const made = document.createElement("button");
  made.type = "button";
  const mark = document.createElement("kbd");
  mark.textContent = key;
  const small = document.createElement("small");
  small.textContent = means;
  made.append(mark, field.switch || value === key ? " " : " " + value + " ", small);
  made.addEventListener("click", () => { set(field, value); made.blur(); });
  made.dataset.field = field.name;
  made.dataset.value = value;
  return made;
}

function set(field, value) {
  const own = codes.get(data.texts[place][0]);
  const was = own[field.name] === value;
  if (was) delete own[field.name]; else own[field.name] = value;
  keep();
  if (field.name === data.deciding && !was && place < data.texts.length - 1) place += 1;
  draw();
}

function draw() {
  if (!data.texts.length) return;
  const [item, language, text] = data.texts[place];
  const own = codes.get(item);
  at("place").textContent = "text " + (place + 1).toLocaleString("en") + " of " + data.texts.length.toLocaleString("en");
  at("count").textContent = judged().toLocaleString("en") + " judged";
  at("done").value = judged();
  const said = document.createElement("b");
  said.textContent = language;
  at("about").replaceChildren("said to be ", said, " · " + item + " · " + data.annotator);
  at("text").textContent = text || "(empty)";
  at("text").classList.toggle("empty", !text);
  at("text").scrollTop = 0;
  for (const one of document.querySelectorAll("#fields button"))
    one.setAttribute("aria-pressed", String(own[one.dataset.field] === one.dataset.value));
  at("is").value = own.is || "";
  at("note").value = own.note || "";
}

function move(step) {
  place = Math.min(Math.max(place + step, 0), data.texts.length - 1);
  draw();
}

function open() {
  for (let step = 1; step <= data.texts.length; step += 1) {
    const other = (place + step) % data.texts.length;
    if (!isJudged(data.texts[other][0])) { place = other; draw(); return; }
  }
  say("Every text is judged: save the sheet.");
}

// As Python's csv reads it; a tab or line feed is an escape, and a formula is text.
function cell(value) {
  let text = value.replace(/\\/g, "\\\\").replace(/\t/g, "\\t").replace(/\n/g, "\\n").replace(/\r/g, "\\r");
  text = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, c => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0"));
  text = text.replace(/[\u2028\u2029]/g, c => "\\u" + c.charCodeAt(0).toString(16));
  if (/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text)) text = "'" + text;
  return text.includes('"') ? '"' + text.replace(/"/g, '""') + '"' : text;
}

function sheet() {
  const lines = data.texts.map(([item, language, text]) => {
    const own = codes.get(item);
    const values = data.fields.map(field => own[field.name] || "");
    const remarks = data.remarks ? [own.is || "", own.note || ""] : [];
    return [language, text, ...values, ...remarks, item, data.annotator, data.sample].map(cell).join("\t");
  });
  return [data.head.map(cell).join("\t"), ...lines].join("\n") + "\n";
}

function save() {
  const link = document.createElement("a");
  const address = URL.createObjectURL(new Blob([sheet()], { type: "text/tab-separated-values" }));
  link.href = address;
  link.download = data.annotator + ".tsv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  unsaved = 0;
  const left = data.texts.length - judged();
  say("Saved " + link.download + (left ? "; " + left.toLocaleString("en") + " texts are still open." : "; all are judged."));
}

function parsed(text) {
  const rows = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i], row = rows[rows.length - 1];
    if (quoted && c === '"' && text[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; }
    else if (c === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
    else if (c === "\t" && !quoted) row.push("");
    else if (c === "\n" && !quoted) rows.push([""]);
    else if (c !== "\r" || quoted) row[row.length - 1] += c;
  }
  return rows.filter(row => row.some(Boolean));
}

function plain(text) {
  const meant = { n: "\n", t: "\t", r: "\r", "\\": "\\" };
  const line = /^'\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text) ? text.slice(1) : text;
  return line.replace(/\\(?:([\\tnr])|x([0-9a-f]{2})|u([0-9a-f]{4}))/g,
    (_, one, two, four) => one ? meant[one] : String.fromCharCode(parseInt(two || four, 16)));
}

function load(text) {
  const [head, ...rows] = parsed(text.replace(/^\ufeff/, ""));
  const column = name => head ? head.indexOf(name) : -1;
  if ([...data.head].some(name => column(name) < 0)) return say("This is no sheet of this sample: its columns are others.");
  const names = [...data.fields.map(field => [field.name, field.head]), ...(data.remarks ? [["is", "is"], ["note", "note"]] : [])];
  if (rows.some(row => row[column("sample")] !== data.sample)) return say("This sheet is of another sample: nothing was read.");
  let read = 0;
  for (const row of rows) {
    const item = row[column("item")];
    if (!codes.has(item)) continue;
    const own = {};
    for (const [name, title] of names) if (row[column(title)]) own[name] = plain(row[column(title)]);
    if (Object.keys(own).length) { codes.set(item, own); read += 1; }
  }
  keep();
  draw();
  return say(read.toLocaleString("en") + " texts with marks were read.");
}

for (const field of data.fields) {
  let row = at("fields").lastElementChild;
  if (!row || !field.switch || row.dataset.switches !== "true") {
    row = document.createElement("div");
    row.className = "field";
    row.dataset.switches = String(field.switch);
    at("fields").append(row);
  }
  row.append(...field.values.map(one => button(field, one.value, one.means, one.key)));
}
for (const name of ["is", "note"])
  at(name).addEventListener("input", event => {
    const own = codes.get(data.texts[place][0]);
    if (event.target.value) own[name] = event.target.value; else delete own[name];
    keep();
  });
const scroll = lines => at("text").scrollBy(0, lines * parseFloat(getComputedStyle(at("text")).lineHeight));
const actions = { ArrowUp: () => scroll(-2), ArrowDown: () => scroll(2), ArrowLeft: () => move(-1), ArrowRight: () => move(1), g: open, s: save };
if (data.remarks) Object.assign(actions, { l: () => at("is").focus(), n: () => at("note").focus() });
for (const field of data.fields) for (const one of field.values) actions[one.key] = () => set(field, one.value);
document.addEventListener("keydown", event => {
  if (event.target.tagName === "INPUT") {
    if (event.key === "Escape" || event.key === "Enter") event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key] || !data.texts.length) return;
  event.preventDefault();
  actions[event.key]();
});
at("back").addEventListener("click", () => move(-1));
at("next").addEventListener("click", () => move(1));
at("open").addEventListener("click", open);
at("save").addEventListener("click", save);
at("load").addEventListener("click", () => at("file").click());
at("file").addEventListener("change", async event => {
  if (event.target.files.length) load(await event.target.files[0].text());
  event.target.value = "";
});
addEventListener("beforeunload", event => { if (unsaved) event.preventDefault(); });
restore();
draw();
