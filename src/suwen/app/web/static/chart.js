// The differential as it moved, answer by answer: lines for the eye, a table for everyone.

import { el, put, svg } from "./dom.js";
import { htmlLang, percent, t } from "./i18n.js";

const LINES = 5;
const HEIGHT = 240;
const MARGIN = { top: 14, right: 14, bottom: 30, left: 52 };

/** The conditions worth a line: the likeliest at the end first, then those that once led. */
function conditions(trajectory) {
  const best = new Map();
  for (const step of trajectory) {
    for (const { id, name, p } of step.top) {
      best.set(id, { id, name, last: 0, most: Math.max(best.get(id)?.most ?? 0, p) });
    }
  }
  for (const { id, p } of last(trajectory).top) best.get(id).last = p;
  return [...best.values()].sort((a, b) => b.last - a.last || b.most - a.most).slice(0, LINES);
}

const last = (trajectory) => trajectory[trajectory.length - 1];
const share = (step, id) => step.top.find((entry) => entry.id === id)?.p ?? 0;

function marker(index, x, y) {
  const shapes = [
    () => svg("circle", { cx: x, cy: y, r: 4.5 }),
    () => svg("rect", { x: x - 4, y: y - 4, width: 8, height: 8 }),
    () => svg("path", { d: `M${x} ${y - 5.5}l5 9.5h-10z` }),
    () => svg("path", { d: `M${x} ${y - 5.5}l5.500 5.500-5.500 5.500-5.500-5.500z` }),
    () => svg("path", { d: `M${x} ${y + 5.5}l5-9.500h-10z` }),
  ];
  return shapes[index]();
}

function line(trajectory, condition, index, x, y) {
  const points = trajectory.map((step, n) => [x(n), y(share(step, condition.id))]);
  return svg("g", { class: `line line-${index}` },
    svg("polyline", { points: points.map((point) => point.join()).join(" ") }),
    points.map(([px, py]) => marker(index, px, py)));
}

function drawing(trajectory, lines, width) {
  const right = width - MARGIN.right;
  const floor = HEIGHT - MARGIN.bottom;
  const x = (n) => MARGIN.left + ((right - MARGIN.left) * n) / Math.max(1, trajectory.length - 1);
  const most = Math.max(...trajectory.flatMap((step) => lines.map(({ id }) => share(step, id))), 0.1);
  const top = most > 0.5 ? 1 : most > 0.25 ? 0.5 : 0.25;
  const y = (p) => floor - ((floor - MARGIN.top) * p) / top;
  const every = Math.ceil(trajectory.length / Math.floor((right - MARGIN.left) / 34));
  const label = t("chart.label", { n: trajectory.length - 1, name: lines[0].name, p: percent(lines[0].last) });
  return svg("svg", { class: "chart", role: "img", "aria-label": label, viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT },
    [0, top / 2, top].map((p) => svg("g", { class: "grid" },
      svg("line", { x1: MARGIN.left, x2: right, y1: y(p), y2: y(p) }),
      svg("text", { x: MARGIN.left - 8, y: y(p) + 6, "text-anchor": "end" }, `${p * 100 % 1 ? (p * 100).toFixed(1) : p * 100}%`))),
    trajectory.map((step, n) => (n % every ? null : svg("text", { class: "tick", x: x(n), y: HEIGHT - 6, "text-anchor": "middle" }, String(n)))),
    [...lines.keys()].reverse().map((index) => line(trajectory, lines[index], index, x, y)));
}

function legend(trajectory, lines) {
  const other = last(trajectory).other;
  const entry = (name, p, mark) => el("li", {}, mark, el("span", { class: "legend-name" }, name), el("span", { class: "legend-p" }, percent(p)));
  return el("ul", { class: "legend" },
    lines.map((condition, index) => entry(condition.name, condition.last,
      svg("svg", { class: `legend-mark line line-${index}`, viewBox: "0 0 28 14", width: 28, height: 14, "aria-hidden": "true" },
        svg("polyline", { points: "0,7 28,7" }), marker(index, 14, 7)))),
    other === undefined ? null : entry(t("chart.other"), other, el("span", { class: "legend-mark" })));
}

function table(trajectory, lines) {
  return el("details", { class: "chart-table" }, el("summary", {}, t("chart.table")),
    el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": t("chart.table") },
      el("table", {},
        el("thead", {}, el("tr", {},
          [t("chart.step"), t("chart.asked"), t("chart.answer"), ...lines.map(({ name }) => name), t("chart.other")].map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, trajectory.map((step) => el("tr", {},
          el("th", { scope: "row" }, String(step.step)), el("td", {}, step.label || t("chart.first")), el("td", {}, step.answer ?? ""),
          lines.map(({ id }) => el("td", { class: "figure" }, percent(share(step, id)))),
          el("td", { class: "figure" }, step.other === undefined ? "" : percent(step.other))))))));
}

/** Draws `view.trajectory` at the width `place` has now; nothing while it is hidden. */
export function showChart(place, view) {
  const width = Math.floor(place.clientWidth) - 2;
  if (width <= 0) return;
  const trajectory = view.trajectory ?? [];
  const wasOpen = place.querySelector(".chart-table")?.open ?? false;
  place.lang = htmlLang(view.lang);
  if (!trajectory.length || !last(trajectory).top.length) {
    return put(place, el("p", { class: "panel-hint" }, t("chart.empty")));
  }
  const lines = conditions(trajectory);
  put(place,
    el("p", { class: "panel-hint" }, `${t("chart.intro")} ${t("chart.caution")}`),
    drawing(trajectory, lines, Math.max(240, width - 40)),
    legend(trajectory, lines),
    table(trajectory, lines));
  place.querySelector(".chart-table").open = wasOpen;
}
