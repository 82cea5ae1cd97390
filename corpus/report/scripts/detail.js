// The screen of one language or source: #/language/eng_Latn. Escape, or the browser's way back, leads to the page.
const OUTCOMES = { kept: "kept", filtered: "dropped by filters", exact: "exact duplicates", near: "near duplicates",
  url: "of a known address", contained: "contained in other code" };
const PER_FILE = 64;
let place = 0;

function card(title, ...children) {
  return el("div", { class: "card" }, el("h3", {}, title), ...children);
}

function tableOf(heads, list, kind) {
  if (!list.length) return el("p", { class: "soft" }, "none");
  const head = el("tr", {}, heads.map((name) => el("th", {}, name)));
  const body = list.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell))));
  return el("table", kind ? { "data-group": kind } : {}, head, body);
}

function funnelOf(group, kinds) {
  const order = Object.keys(OUTCOMES).filter((kind) => kind !== "kept").concat(kinds.filter((kind) => !OUTCOMES[kind]));
  const row = (label, count, bytes, colour) => el("div", {}, el("span", {}, label),
    el("span", { class: "track" }, el("i", { class: colour, style: `width:${(100 * count) / Math.max(group.documents, 1)}%` })),
    el("b", {}, commas(count)), el("small", {}, bytes === null ? "" : size(bytes)));
  const lost = order.filter((kind) => group.outcomes[kind]).map((kind) => row(OUTCOMES[kind] || kind, group.outcomes[kind],
    group.outcome_bytes[kind], ["filtered", "exact", "near"].includes(kind) ? kind : "other"));
  const kept = group.outcomes.kept || 0;
  return card("Funnel", el("div", { class: "steps" }, row("documents", group.documents, group.bytes, "kept"), lost,
    row("kept", kept, group.outcome_bytes.kept || 0, "kept"), row("in the corpus", group.corpus, null, "kept")),
    el("p", {}, `${commas(group.tokens)} tokens; ${percent(kept, group.documents)} of its documents are kept.`),
    group.rejects ? el("p", {}, `${commas(group.rejects)} records were rejected before.`) : null);
}

function lengthsOf(group) {
  // bins of an octave, drawn as the first of four
  const fine = (sparse) => pairs(sparse).flatMap(([bin, count]) => [bin ? 1 + 4 * (bin - 1) : 0, count]);
  const figure = (title, counts) => {
    if (!counts.length) return null;
    const { svg, axis } = chartOf("log", fine(counts), [], "bytes of text", "logarithmic", []);
    svg.querySelectorAll(".bars rect").forEach((bar, i) => {
      const bin = pairs(counts)[i][0];
      if (bin) bar.setAttribute("width", Math.max(axis.bin(1 + 4 * bin) - axis.bin(1 + 4 * (bin - 1)) - 0.6, 1));
      bar.firstChild.textContent = `${bin ? commas(2 ** (bin - 1)) : 0} to ${commas(2 ** bin)}: ${commas(pairs(counts)[i][1])}`;
    });
    return [el("small", {}, title), svg];
  };
  return card("Lengths", figure("all documents", group.lengths), figure("kept", group.kept_lengths));
}

function screen(kind, group, groups) {
  const other = kind === "language" ? "source" : "language";
  const [word, byte, character, fallen] = group.tokens_of || [];
  const of = group.sites.reduce((sum, [, count]) => sum + count, 0);
  const share = (count, whole) => [commas(count), percent(count, whole)];
  return el("div", { class: "grid" },
    funnelOf(group, groups.kinds),
    card("Rules that fired", tableOf(["rule", "documents", "of all"],
      group.rules.map(([name, count]) => [name, ...share(count, group.documents)]))),
    card(`By ${other}`, el("div", { class: "scroll", tabindex: "0" }, tableOf([other, "documents", "kept", "tokens"],
      group.across.map(([name, documents, kept, tokens]) => [name, commas(documents), commas(kept), commas(tokens)]), other))),
    lengthsOf(group),
    card("Licences of what stayed", tableOf(["licence", "documents", "share"],
      group.licences.map(([name, count]) => [name || "none", ...share(count, group.corpus)]))),
    card("Sites of what stayed", el("small", {}, `of ${commas(of)} documents, drawn by seed`),
      tableOf(["site", "documents", "share"], group.sites.map(([name, count]) => [name, ...share(count, of)]))),
    kind === "source" ? card("Copies", tableOf(["", "source", "documents"],
      group.copies.map(([what, name, count]) => [what, name || "an earlier release", commas(count)]))) : null,
    card("Personal data in the corpus", tableOf(["kind", "spans"], group.spans.map(([name, count]) => [name, commas(count)]))),
    card("Tokenizer", group.tokens_of
      ? tableOf(["of a sample", ""], [["tokens a word", word.toFixed(2)], ["tokens a byte", byte.toFixed(3)],
        ["tokens a character", character.toFixed(3)], ["bytes fallen back", percent(fallen, 1)]])
      : el("p", { class: "soft" }, "not in the sample")));
}

function samplesOf(list) {
  if (!list.length) return el("p", { class: "soft" }, "none");
  return el("div", { class: "grid" }, list.map(([outcome, rules, language, source, url, id, text]) =>
    el("div", { class: "card beside" }, el("div", { class: outcome === "kept" ? "on" : "off" },
      el("b", {}, { filtered: "dropped by filters", copies: "went for a copy" }[outcome] || outcome), " ", rules,
      el("div", { class: "meta" }, `${language} · ${source}${url ? ` · ${url}` : ""}`, el("br"), el("code", {}, id)),
      el("div", { class: "text", dir: "auto" }, text)))));
}

function show(kind, name) {
  load("groups").then((groups) => {
    const list = groups[kind];
    const at = list.findIndex((one) => one.name === name);
    const detail = document.getElementById("detail");
    const link = (step, label) => {
      const next = list[at + step];
      return next ? el("a", { href: `#/${kind}/${encodeURIComponent(next.name)}` }, `${label} ${next.name}`) : null;
    };
    const nav = el("p", {}, el("a", { href: "#top", id: "back" }, "← the whole report"), " · ", link(-1, "before:"), " ", link(1, "after:"));
    if (at < 0) {
      detail.replaceChildren(nav, el("h2", {}, `${kind} ${name}`), el("p", {}, "Nothing of that name was read."));
    } else {
      const texts = el("div", { class: "texts" });
      detail.replaceChildren(nav, el("h2", { tabindex: "-1" }, `${kind === "language" ? "Language" : "Source"} ${name}`),
        screen(kind, list[at], groups), el("h3", {}, "Documents, drawn by seed"), texts);
      enhanced(detail);
      load(`samples-${kind}-${Math.floor(at / PER_FILE)}`).then((found) =>
        texts.replaceChildren(samplesOf(found[at % PER_FILE])));
    }
    if (!document.body.classList.contains("one")) place = window.scrollY;
    document.body.classList.add("one");
    detail.hidden = false;
    window.scrollTo(0, 0);
    const head = detail.querySelector("h2");
    head.focus({ preventScroll: true });
  });
}

function route() {
  const found = /^#\/(language|source)\/(.+)$/.exec(location.hash);
  if (found) return show(found[1], decodeURIComponent(found[2]));
  if (document.body.classList.contains("one")) {
    document.body.classList.remove("one");
    document.getElementById("detail").hidden = true;
    const target = location.hash.length > 1 && location.hash !== "#top" ? document.getElementById(location.hash.slice(1)) : null;
    if (target) target.scrollIntoView();
    else window.scrollTo(0, place);
  }
  return undefined;
}

window.addEventListener("hashchange", route);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("one")) location.hash = "#top";
});
route();
