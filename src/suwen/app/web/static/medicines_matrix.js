// Who clashes with whom: a table of the medicines against themselves, by the gravest alert on each pair.

import { el, put } from "./dom.js";
import { t } from "./i18n.js";
import { isActive } from "./medicines_report.js";
import { SEVERITIES, severityMark, worstOf } from "./medicines_severity.js";

/** The places in the list that an alert is about, as pairs; a place with itself is about the patient alone. */
function pairsOf(alert, drugs) {
  const places = drugs.flatMap((drug, n) => (alert.drugs.includes(drug.name) ? [n] : []));
  const sameTwice = alert.kind === "duplicate" && alert.drugs.length === 1 && places.length > 1;
  if (alert.drugs.length === 1 && !sameTwice) return places.map((n) => [n, n]);
  const pairs = [];
  for (const a of places) for (const b of places) if (a < b && (sameTwice || drugs[a].name !== drugs[b].name)) pairs.push([a, b]);
  return pairs;
}

/** alerts[a][b] with a ≤ b. */
export function alertsByPair(drugs, report) {
  const table = new Map();
  for (const alert of report.alerts) {
    for (const [a, b] of pairsOf(alert, drugs)) {
      const key = `${a} ${b}`;
      table.set(key, [...(table.get(key) ?? []), alert]);
    }
  }
  return (a, b) => table.get(a < b ? `${a} ${b}` : `${b} ${a}`) ?? [];
}

function words(drugs, a, b, alerts) {
  const worst = worstOf(alerts.filter(isActive)) ?? worstOf(alerts);
  const who = a === b ? t("med.matrix.alone", { name: drugs[a].name }) : t("med.matrix.pair", { a: drugs[a].name, b: drugs[b].name });
  const told = t("med.matrix.cell", { who, severity: t(`med.severity.${worst.severity}`), n: alerts.length });
  return alerts.some(isActive) ? told : t("med.matrix.cell_aside", { told });
}

function cell(drugs, a, b, alerts, unknown, goTo) {
  if (unknown) return el("td", { class: a === b ? "is-unread is-self" : "is-unread" }, el("span", { "aria-label": t("med.matrix.unread"), role: "img" }, "?"));
  if (!alerts.length) return el("td", { class: a === b ? "is-self" : null });
  const worst = worstOf(alerts.filter(isActive)) ?? worstOf(alerts);
  const look = `med-cell severity-${worst.severity}${alerts.some(isActive) ? "" : " is-aside"}`;
  const letters = t(`med.letter.${worst.severity}`);
  const label = words(drugs, a, b, alerts);
  return el("td", { class: a === b ? "is-self" : null }, goTo
    ? el("button", { type: "button", class: look, tabindex: "-1", "data-pair": `${a} ${b}`, "aria-label": label, title: label, onclick: () => goTo(alerts.map((alert) => alert.id)) }, letters)
    : el("span", { class: look, role: "img", "aria-label": label }, letters));
}

function legend() {
  return el("ul", { class: "med-legend", "aria-label": t("med.matrix.legend") },
    SEVERITIES.map((severity) => el("li", {}, severityMark(severity), t(`med.severity.${severity}`))),
    el("li", {}, el("span", { class: "med-mark is-unread", "aria-hidden": "true" }, "?"), t("med.matrix.unread")),
    el("li", {}, el("span", { class: "med-mark is-self", "aria-hidden": "true" }), t("med.matrix.self")));
}

function inWords(drugs, at) {
  const lines = drugs.flatMap((_, a) => drugs.slice(a).flatMap((__, n) => {
    const alerts = at(a, a + n);
    return alerts.length ? [el("li", {}, words(drugs, a, a + n, alerts))] : [];
  }));
  return lines.length ? el("details", { class: "med-fold" }, el("summary", {}, t("med.matrix.words")), el("ul", { class: "med-lines" }, lines)) : null;
}

function table(drugs, report, at, goTo) {
  const unread = new Set(report.unknown);
  return el("table", { class: "med-matrix", role: goTo ? "grid" : null },
    el("caption", { class: "visually-hidden" }, t("med.matrix.caption")),
    el("thead", {}, el("tr", {}, el("td", { class: "med-corner" }),
      drugs.map((drug, n) => el("th", { scope: "col" }, el("span", { class: "med-col" }, el("span", { class: "med-col-number" }, String(n + 1)), el("span", { class: "med-col-name" }, drug.name)))))),
    el("tbody", {}, drugs.map((drug, a) => el("tr", {},
      el("th", { scope: "row" }, el("span", { class: "med-row-title" }, el("span", { class: "med-col-number" }, String(a + 1)), el("span", { class: "med-row-title-name", title: drug.name }, drug.name))),
      drugs.map((other, b) => cell(drugs, a, b, at(a, b), unread.has(drug.name) || unread.has(other.name), goTo))))));
}

/** Arrow keys go to the next cell that says something; the whole table is one stop for Tab. */
function walk(place) {
  const cells = () => [...place.querySelectorAll(".med-cell")];
  const spot = (cell) => cell.dataset.pair.split(" ").map(Number);
  const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  place.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || !event.target.matches(".med-cell")) return;
    event.preventDefault();
    const [row, column] = spot(event.target);
    const ahead = (cell) => {
      const [r, c] = spot(cell);
      return step[0] ? (c === column ? (r - row) * step[0] : 0) : (r === row ? (c - column) * step[1] : 0);
    };
    const next = cells().filter((cell) => ahead(cell) > 0).sort((a, b) => ahead(a) - ahead(b))[0];
    if (!next) return;
    for (const cell of cells()) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  });
}

/** The table on paper, or null when there is nothing to lay against each other. */
export function paperMatrix(drugs, report) {
  if (drugs.length < 2) return null;
  return el("section", { class: "med-part" }, el("h2", { class: "med-part-title", id: "matrix-title" }, t("med.matrix.title")),
    el("div", { class: "med-matrix-box", role: "group", "aria-labelledby": "matrix-title", tabindex: "0" }, table(drugs, report, alertsByPair(drugs, report), null)), legend());
}

/** Fills `place` with each report; `goTo(alert ids)` is called when a cell is chosen. */
export function createMatrix(place, goTo) {
  let drawn = "";
  walk(place);
  return (report, drugs) => {
    const now = JSON.stringify([drugs.map((drug) => drug.name), report.unknown, report.alerts]);
    if (now === drawn) return;
    drawn = now;
    place.hidden = drugs.length < 2;
    if (place.hidden) return put(place);
    const box = place.querySelector(".med-matrix-box");
    const scrolled = box ? [box.scrollLeft, box.scrollTop] : null;
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.pair : null;
    const open = place.querySelector("details")?.open ?? false;
    const at = alertsByPair(drugs, report);
    put(place,
      el("h2", { id: "matrix-title" }, t("med.matrix.title")),
      el("p", { class: "quiet" }, t("med.matrix.text")),
      el("div", { class: "med-matrix-box", role: "group", "aria-labelledby": "matrix-title", tabindex: "0" }, table(drugs, report, at, goTo)),
      legend(), inWords(drugs, at));
    const cells = place.querySelectorAll(".med-cell");
    const again = [...cells].find((cell) => cell.dataset.pair === focused);
    (again ?? cells[0])?.setAttribute("tabindex", "0");
    again?.focus({ preventScroll: true });
    const details = place.querySelector("details");
    if (details) details.open = open;
    if (scrolled) [place.querySelector(".med-matrix-box").scrollLeft, place.querySelector(".med-matrix-box").scrollTop] = scrolled;
  };
}
