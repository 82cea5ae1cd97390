// What people judged stands beside the page, for it is no part of the release: here it comes onto it.
function showJudged(score) {
  const again = document.getElementById("again");
  if (!score || !again) return;
  const share = ([, , , , judged, c, low, high]) => (judged ? `${c.toFixed(3)} (${low.toFixed(2)} to ${high.toFixed(2)})` : "–");
  const other = document.body.dataset.release !== score.release;
  const table = tableOf(["language", "source", "of", "documents", "judged", "C"],
    score.corpora.map((row) => [row[1], row[2], row[0], commas(row[3]), commas(row[4]), share(row)]), "language");
  table.classList.add("left");
  const made = el("div", { id: "people" }, el("h2", { id: "judged" }, "What people judged"),
    el("p", {}, `${commas(score.judgments)} judgments of ${commas(score.texts)} texts (${score.scheme}), ${score.sample}. `,
      `C: ${score.means}; in brackets 95 % intervals (Wilson). `, el("a", { href: "judged.html" }, "All of it")),
    other ? el("p", { class: "alarm" }, `They are of another release than this report: ${score.release}.`) : null,
    el("div", { class: "scroll", tabindex: "0" }, table),
    score.agreement.length ? el("p", {}, "Krippendorff's alpha: ", score.agreement.slice(0, 3)
      .map(([what, items, alpha]) => `${what} ${alpha === null ? "not defined" : alpha.toFixed(3)} (${commas(items)} texts)`).join(", ")) : null);
  again.before(made);
  enhanced(made);
  document.querySelector('nav a[href="#again"]').before(el("a", { href: "#judged" }, "What people judged"), "\n");
  const list = document.querySelector("ol.warnings");
  for (const [what, names] of Object.entries(score.flagged)) {
    if (!names.length || !list || other) continue;
    const more = names.length > 8 ? ` and ${names.length - 8} more` : "";
    list.prepend(el("li", { class: "gate" }, el("b", {}, "people found much unfit"),
      ` ${what} in ${commas(names.length)} of ${commas(score.corpora.length)} corpora: ${names.slice(0, 8).join(", ")}${more}. `,
      el("a", { href: "#judged" }, "numbers")));
  }
}
