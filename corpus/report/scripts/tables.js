// Tables that sort by a click or Enter on a head, and long ones that are filtered by what their rows say.
const LONG = 15;
const SCALE = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };

function weight(cell) {
  const text = (cell ? cell.textContent : "").trim();
  const found = /^[<+]?\s*([−-]?[\d,]*\.?\d+(?:e[+-]?\d+)?)\s*(B|kB|MB|GB|TB|PB|%)?(?:\s|$)/.exec(text);
  if (!found) return { text, number: null };
  return { text, number: Number(found[1].replace(/,/g, "").replace("−", "-")) * (SCALE[found[2]] || 1) };
}

function sorted(list, column, down) {
  const keyed = list.map((row, place) => ({ row, place, key: weight(row.cells[column]) }));
  keyed.sort((a, b) => {
    const [one, other] = [a.key, b.key];
    let order;
    if (one.number !== null && other.number !== null) order = one.number - other.number;
    else if (one.number !== null || other.number !== null) return one.number === null ? 1 : -1;
    else order = one.text.localeCompare(other.text, "en");
    return (down ? -order : order) || a.place - b.place;
  });
  return keyed.map((one) => one.row);
}

function bodyRows(table) {
  return [...table.rows].filter((row) => row.cells.length && row.cells[0].tagName === "TD");
}

function sortable(table) {
  const heads = table.rows.length ? [...table.rows[0].cells] : [];
  if (!heads.length || heads.some((cell) => cell.tagName !== "TH") || bodyRows(table).length < 3) return;
  heads.forEach((cell, column) => {
    if (!cell.textContent.trim()) return;
    const button = el("button", { type: "button", class: "sort" });
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const numeric = bodyRows(table).some((row) => weight(row.cells[column]).number !== null);
      const was = cell.getAttribute("aria-sort");
      const down = was ? was === "ascending" : numeric;
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const list = sorted(bodyRows(table), column, down);
      list[0].parentNode.append(...list);
    });
  });
}

function filterable(table) {
  const list = bodyRows(table);
  if (list.length <= LONG) return;
  const texts = new Map(list.map((row) => [row, row.cells[0].textContent.toLowerCase()]));
  const said = el("span", { class: "soft", role: "status" });
  const input = el("input", { type: "search", placeholder: `filter ${list.length} rows`, "aria-label": "Filter rows" });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    list.forEach((row) => {
      const text = words.length ? row.textContent.toLowerCase() : texts.get(row);
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    });
    said.textContent = words.length ? `${commas(shown)} of ${commas(list.length)}` : "";
  });
  const around = table.closest(".scroll") || table;
  around.before(el("p", { class: "filter" }, input, " ", said));
}

// The name of a language or source leads to its own screen.
function linked(table) {
  const kind = table.dataset.group;
  bodyRows(table).forEach((row) => {
    const name = row.cells[0].textContent;
    row.cells[0].replaceChildren(el("a", { href: `#/${kind}/${encodeURIComponent(name)}` }, name));
  });
}

function enhanced(place) {
  place.querySelectorAll("table[data-group]").forEach(linked);
  place.querySelectorAll("table:not(.plain)").forEach((table) => {
    filterable(table);
    sortable(table);
  });
}

enhanced(document);
