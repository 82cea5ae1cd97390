// Thresholds that are dragged, or moved by keys: what is kept, the funnel and documents beside the line follow.
function interactive(figure, rule, documents) {
  const state = { language: "", at: rule.value };
  const said = figure.querySelector(".said");
  const names = Object.keys(rule.languages);
  const select = el("select", { "aria-label": "Language" }, el("option", { value: "" }, "all languages"));
  names.forEach((name) => select.append(el("option", { value: name }, name)));
  const back = el("button", { type: "button" }, "as it stands");
  const funnel = el("div", { class: "mini", role: "status" });
  const near = el("div", { class: "beside" });
  const hair = figure.querySelector("details");
  if (hair) hair.remove();
  figure.querySelector("figcaption").after(el("p", { class: "controls" }, select, " ", back));
  said.after(funnel, near);
  const least = rule.field.startsWith("min_");

  function shownNow() {
    if (!state.language) return { bins: rule.bins, kept: rule.kept, free: rule.free };
    const [bins, steps] = rule.languages[state.language];
    const kept = curve(steps, rule.thresholds.length);
    return { bins, kept, free: null };
  }

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
    now = shownNow();
    const free = now.free === null ? Math.max(...now.kept, 0) : now.free;
    now.free = free;
    const points = rule.thresholds.map((at, i) => [at, free ? now.kept[i] / free : 0]);
    const values = rule.value === null ? [] : [rule.value];
    const made = chartOf(rule.kind, state.language ? now.bins : rule.bins, points, rule.unit, rule.said, values);
    axis = made.axis;
    if (rule.value !== null)
      made.svg.append(draw("line", { class: "stands", x1: axis.x(rule.value), x2: axis.x(rule.value), y1: TOP, y2: BASE }));
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
    const stands = rule.value !== null && value === rule.value && !state.language;
    const kept = value === null ? now.free : stands ? rule.free - rule.alone : keptAt(now.kept, value);
    const of = state.language || "all";
    const before = rule.value === null ? now.free : state.language ? keptAt(now.kept, rule.value) : rule.free - rule.alone;
    const change = kept - before;
    const moved = value !== rule.value && change ? `, ${change > 0 ? "+" : "−"}${commas(Math.abs(change))} against now` : "";
    const where = value === null ? "off" : edge(value);
    said.textContent = `At ${where}: ${commas(kept)} of ${commas(now.free)} that no other rule drops (${of})${moved}.`;
    handle.setAttribute("aria-valuetext", said.textContent);
    steps(kept);
    beside(drawn);
    back.hidden = value === rule.value;
  }

  function steps(kept) {
    const every = state.language ? pairs(now.bins).reduce((sum, [, count]) => sum + count, 0) : documents;
    const bars = [["documents", every, "kept"], ["other rules drop", every - now.free, "filtered"],
      ["this one drops", now.free - kept, "filtered"], ["filters keep", kept, "kept"]];
    funnel.replaceChildren(...bars.map(([label, count, kind]) => el("div", {}, el("span", {}, label),
      el("span", { class: "track" }, el("i", { class: kind, style: `width:${every ? (100 * Math.max(count, 0)) / every : 0}%` })),
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
    else if (event.key === "Escape") return event.preventDefault(), move(rule.value);
    else return undefined;
    event.preventDefault();
    return move(rule.thresholds[place]);
  }

  select.addEventListener("change", () => {
    state.language = select.value;
    redraw();
  });
  back.addEventListener("click", () => move(rule.value));
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
