// Thresholds that are dragged, or moved by keys: what is kept, the funnel and documents beside the line follow.
function interactive(figure, rule, documents) {
  const state = { language: "", at: rule.value };
  const every = { bins: rule.bins, kept: rule.kept, free: rule.free, stands: rule.value };
  const languages = new Map(rule.languages.map(([name, bins, steps, free, stands]) =>
    [name, { bins, kept: curve(steps, rule.thresholds.length), free, stands }]));
  const said = figure.querySelector(".said");
  const select = el("select", { "aria-label": "Language" }, el("option", { value: "" }, "all languages"));
  [...languages.keys()].forEach((name) => select.append(el("option", { value: name }, name)));
  const back = el("button", { type: "button" }, "as it stands");
  const funnel = el("div", { class: "mini", role: "status" });
  const near = el("div", { class: "beside" });
  const hair = figure.querySelector("details");
  if (hair) hair.remove();
  figure.querySelector("figcaption").after(el("p", { class: "controls" }, select, " ", back));
  said.after(funnel, near);
  const least = rule.field.startsWith("min_");

  function keptAt(kept, value) {
    // Between two thresholds that were tried the count is not known: that of the stricter of both is said.
    const places = rule.thresholds;
    if (least) {
      const place = places.findIndex((one) => one >= value - 1e-12);
      return place < 0 ? kept[kept.length - 1] : kept[place];
    }
    let place = -1;
    places.forEach((one, i) => (place = one <= value + 1e-12 ? i : place));
    return place < 0 ? kept[0] : kept[place];
  }

  let axis;
  let handle;
  let now;
  function redraw() {
    now = languages.get(state.language) || every;
    const points = rule.thresholds.map((at, i) => [at, now.free ? now.kept[i] / now.free : 0]);
    const values = now.stands === null ? [] : [now.stands];
    const made = chartOf(rule.kind, now.bins, points, rule.unit, rule.said, values);
    axis = made.axis;
    if (now.stands !== null)
      made.svg.append(draw("line", { class: "stands", x1: axis.x(now.stands), x2: axis.x(now.stands), y1: TOP, y2: BASE }));
    handle = draw("g", { class: "handle", tabindex: "0", role: "slider", "aria-label": `${rule.name}: ${rule.field}` });
    made.svg.append(handle);
    figure.querySelector("svg").replaceWith(made.svg);
    made.svg.addEventListener("pointerdown", dragged);
    handle.addEventListener("keydown", keyed);
    move(state.at);
  }

  function move(value) {
    state.at = value;
    const drawn = value === null ? rule.thresholds[least ? 0 : rule.thresholds.length - 1] : value;
    const x = axis.x(drawn);
    handle.replaceChildren(
      draw("rect", { x: x - 8, y: TOP, width: 16, height: BASE - TOP, class: "grip" }),
      draw("line", { class: "cut", x1: x, x2: x, y1: TOP, y2: BASE }),
      draw("circle", { cx: x, cy: TOP + 2, r: 5 }),
    );
    handle.setAttribute("aria-valuemin", rule.thresholds[0]);
    handle.setAttribute("aria-valuemax", rule.thresholds[rule.thresholds.length - 1]);
    handle.setAttribute("aria-valuenow", drawn);
    const before = now.stands === null ? now.free : now === every ? rule.free - rule.alone : keptAt(now.kept, now.stands);
    const kept = value === now.stands ? before : value === null ? now.free : keptAt(now.kept, value);
    const of = state.language || "all";
    const change = kept - before;
    const moved = value !== now.stands && change ? `, ${change > 0 ? "+" : "−"}${commas(Math.abs(change))} against now` : "";
    const where = value === null ? "off" : edge(value);
    said.textContent = `At ${where}: ${commas(kept)} of ${commas(now.free)} that no other rule drops (${of})${moved}.`;
    handle.setAttribute("aria-valuetext", said.textContent);
    steps(kept);
    beside(drawn);
    back.hidden = value === now.stands;
  }

  function steps(kept) {
    const all = state.language ? pairs(now.bins).reduce((sum, [, count]) => sum + count, 0) : documents;
    const bars = [["documents", all, "kept"], ["other rules drop", all - now.free, "filtered"],
      ["this one drops", now.free - kept, "filtered"], ["filters keep", kept, "kept"]];
    funnel.replaceChildren(...bars.map(([label, count, kind]) => el("div", {}, el("span", {}, label),
      el("span", { class: "track" }, el("i", { class: kind, style: `width:${all ? (100 * Math.max(count, 0)) / all : 0}%` })),
      el("b", {}, commas(count)))));
  }

  function beside(value) {
    const list = rule.near.filter((one) => !state.language || one[3] === state.language);
    const below = list.filter((one) => one[0] < value).slice(-2);
    const above = list.filter((one) => one[0] >= value).slice(0, 2);
    near.replaceChildren(...[...below, ...above].map(([at, , , language, source, id, text]) => {
      const on = least ? at >= value : at <= value;
      return el("div", { class: on ? "on" : "off" }, el("b", {}, edge(at)), on ? " kept " : " dropped ",
        el("small", {}, `${language} · ${source} · `, el("code", {}, id)), el("div", { class: "text", dir: "auto" }, text));
    }));
  }

  function nearest(value) {
    return rule.thresholds.reduce((best, one) =>
      Math.abs(axis.x(one) - axis.x(value)) < Math.abs(axis.x(best) - axis.x(value)) ? one : best);
  }

  function dragged(event) {
    event.preventDefault();
    handle.focus();
    const svg = event.currentTarget;
    const follow = (one) => {
      const box = svg.getBoundingClientRect();
      move(nearest(axis.value(((one.clientX - box.left) / box.width) * WIDE)));
    };
    svg.setPointerCapture(event.pointerId);
    svg.addEventListener("pointermove", follow);
    svg.addEventListener("pointerup", () => svg.removeEventListener("pointermove", follow), { once: true });
    follow(event);
  }

  function keyed(event) {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key];
    const last = rule.thresholds.length - 1;
    const here = state.at === null ? (least ? 0 : last) : rule.thresholds.indexOf(nearest(state.at));
    let place;
    if (step) place = Math.min(Math.max(here + step, 0), last);
    else if (event.key === "Home") place = 0;
    else if (event.key === "End") place = last;
    else if (event.key === "Escape") return event.preventDefault(), move(now.stands);
    else return undefined;
    event.preventDefault();
    return move(rule.thresholds[place]);
  }

  select.addEventListener("change", () => {
    state.language = select.value;
    state.at = (languages.get(select.value) || every).stands;
    redraw();
  });
  back.addEventListener("click", () => move(now.stands));
  redraw();
}

function watchFigures() {
  const figures = [...document.querySelectorAll("figure[data-rule]")];
  if (!figures.length) return;
  let asked = false;
  const seen = new IntersectionObserver((entries) => {
    if (asked || !entries.some((one) => one.isIntersecting)) return;
    asked = true;
    seen.disconnect();
    load("rules").then(({ documents, rules }) => {
      const byName = new Map(rules.map((rule) => [rule.name, rule]));
      figures.forEach((figure) => interactive(figure, byName.get(figure.dataset.rule), documents));
    });
  }, { rootMargin: "600px" });
  figures.forEach((figure) => seen.observe(figure));
}

watchFigures();
