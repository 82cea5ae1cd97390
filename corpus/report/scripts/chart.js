// The figure of a rule; geometry and axes are those of chart.py and axis.py, which draw the same without a script.
const [WIDE, HIGH, LEFT, RIGHT, TOP, BASE] = [340, 150, 38, 42, 8, 110];
const BINS = { ratio: 50, log: 4 };

const position = (kind, value) =>
  kind === "ratio" ? value * BINS.ratio : value < 1 ? value : 1 + BINS.log * Math.log2(value);
const valueAt = (kind, place) =>
  kind === "ratio" ? place / BINS.ratio : place < 1 ? place : 2 ** ((place - 1) / BINS.log);

function axisOf(kind, bins, values) {
  const used = pairs(bins).map(([bin]) => bin).concat(values.map((value) => Math.floor(position(kind, value))));
  if (!used.length) used.push(0);
  const [low, high] = [Math.min(...used), Math.max(...used)];
  const [first, last] = kind === "ratio" ? [0, Math.max(high, 9)] : [Math.max(low - 1, 0), high + 1];
  const end = Math.min(last, kind === "ratio" ? 49 : 160);
  const x = (at) => LEFT + Math.min(Math.max((at - first) / (end + 1 - first), 0), 1) * (WIDE - LEFT - RIGHT);
  return {
    x: (value) => x(position(kind, value)),
    bin: x,
    value: (px) => valueAt(kind, first + ((px - LEFT) / (WIDE - LEFT - RIGHT)) * (end + 1 - first)),
    low: valueAt(kind, first),
    high: valueAt(kind, end + 1),
  };
}

function ticks(kind, axis) {
  const within = (value) => value >= axis.low && value <= axis.high * 1.0001;
  if (kind === "ratio") {
    const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((one) => axis.high / one <= 6) || 0.5;
    return Array.from({ length: 1 + Math.floor(axis.high / step + 1e-9) }, (_, i) => Number((i * step).toFixed(4)));
  }
  const powers = Array.from({ length: 13 }, (_, i) => 10 ** i);
  let found = powers.filter(within);
  if (found.length < 3) found = powers.flatMap((value) => [value, 2 * value, 5 * value]).filter(within);
  const every = Math.max(1, Math.ceil(found.length / 6));
  return [...(axis.low === 0 ? [0] : []), ...found.filter((_, i) => i % every === 0)];
}

function short(value) {
  for (const [unit, least] of [["G", 1e9], ["M", 1e6], ["k", 1e3]])
    if (value >= least) return `${Number((value / least).toPrecision(3))}${unit}`;
  return value.toFixed(0);
}

// `points`: [threshold, share kept]; empty for a plain histogram.
function chartOf(kind, bins, points, unit, said, values) {
  const axis = axisOf(kind, bins, values);
  const y = (share) => BASE - share * (BASE - TOP);
  const most = Math.max(1, ...pairs(bins).map(([, count]) => count));
  const end = WIDE - RIGHT;
  const parts = [draw("path", { class: "axis", d: `M${LEFT} ${TOP}V${BASE}H${end}${points.length ? `V${TOP}` : ""}` })];
  const text = (x, at, label, kindOf) => {
    const made = draw("text", kindOf ? { x, y: at, class: kindOf } : { x, y: at });
    made.textContent = label;
    parts.push(made);
  };
  for (const value of ticks(kind, axis)) {
    parts.push(draw("path", { class: "axis", d: `M${axis.x(value).toFixed(1)} ${BASE}v4` }));
    text(axis.x(value).toFixed(1), BASE + 14, edge(value));
  }
  for (const share of [1, 0.5]) text(LEFT - 4, y(share) + 4, short(most * share * share), "y");
  if (points.length) for (const share of [1, 0.5, 0]) text(end + 4, y(share) + 4, `${100 * share} %`, "z");
  text((LEFT + end) / 2, HIGH - 6, `${unit} (${said})`);
  const bars = draw("g", { class: "bars" });
  for (const [bin, count] of pairs(bins)) {
    const [x, after] = [axis.bin(bin), axis.bin(bin + 1)];
    const height = Math.max(1.5, Math.sqrt(count / most) * (BASE - TOP));
    const title = draw("title");
    title.textContent = `${edge(valueAt(kind, bin))} to ${edge(valueAt(kind, bin + 1))}: ${commas(count)}`;
    const width = Math.max(after - x - 0.6, 0.6);
    bars.append(draw("rect", { x, y: BASE - height, width, height }, title));
  }
  parts.push(bars);
  if (points.length)
    parts.push(draw("polyline", { class: "kept", points: points.map(([at, share]) => `${axis.x(at)},${y(share)}`).join(" ") }));
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "chart" }, parts);
  return { svg, axis };
}
