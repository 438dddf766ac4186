// One condition as the knowledge has it: what it is, its numbers with their sources, and what a doctor does about it.

import { compare, getCondition } from "./conditions_api.js";
import { byId, el, put, svg } from "./dom.js";
import { lang, percent, t } from "./i18n.js";
import { startMasthead } from "./masthead.js";

const SHOWN = 12;
const other = lang === "zh" ? "en" : "zh";
let titles = {};

const section = (title, ...children) => el("section", { class: "kb-section" }, el("h2", {}, title), ...children);

/** Where a number comes from: a small mark for an estimate, the title of the source otherwise. */
function source(key) {
  if (key === "estimate") return el("span", { class: "kb-source kb-estimate" }, t("kb.estimate"));
  return el("cite", { class: "kb-source" }, titles[key] ?? key);
}

function bar(p, base) {
  const shape = svg("svg", { class: "kb-bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "kb-bar-track", x: 0, y: 0, width: 100, height: 8 }),
    svg("rect", { class: "kb-bar-fill", x: 0, y: 0, width: Math.max(100 * p, 0.6), height: 8 }));
  if (base !== undefined) shape.append(svg("rect", { class: "kb-bar-base", x: Math.min(100 * base, 99), y: 0, width: 0.8, height: 8 }));
  return shape;
}

function numbers(entries, title, cell) {
  if (!entries.length) return null;
  const table = (rows) => el("table", { class: "kb-numbers" },
    el("caption", { class: "visually-hidden" }, title),
    el("thead", {}, el("tr", {}, [t("kb.finding"), t("kb.number"), t("kb.from")].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((entry) => el("tr", {},
      el("th", { scope: "row" }, entry.name[lang], entry.asked ? null : el("span", { class: "kb-tag" }, t("kb.examined"))),
      el("td", {}, cell(entry)),
      el("td", {}, entry.learned_from ? el("span", { class: "kb-source" }, t("kb.learned", { n: entry.learned_from })) : source(entry.source))))));
  return section(title, table(entries.slice(0, SHOWN)),
    entries.length > SHOWN ? el("details", { class: "kb-more" }, el("summary", {}, t("kb.more", { n: entries.length - SHOWN })), table(entries.slice(SHOWN))) : null);
}

const figure = (entry) => [bar(entry.value, entry.base),
  el("span", { class: "kb-figure" }, percent(entry.value)), el("span", { class: "kb-base" }, t("kb.base", { p: percent(entry.base) }))];

/** Bars for the age bands, the sexes and the seasons: how much likelier than on average. */
function who(condition) {
  const groups = [
    ["age", condition.age], ["sex", condition.sex], ["season", condition.season], ["duration", condition.duration.map((p) => 4 * p)],
  ].filter(([key, values]) => key === "age" || key === "duration" || new Set(values).size > 1);
  return section(t("kb.who"), el("div", { class: "kb-charts" }, groups.map(([key, values]) => columns(key, values, key === "duration" ? condition.duration : null))),
    Object.keys(condition.regions).length
      ? el("p", {}, t("kb.regions"), " ", Object.entries(condition.regions).map(([place, times]) => `${t(`kb.region.${place}`)} ×${times}`).join(t("app.comma")))
      : null,
    el("p", { class: "quiet" }, t("kb.prevalence", { n: condition.prevalence })));
}

function columns(key, values, shares) {
  const most = Math.max(...values, 1);
  return el("table", { class: `kb-chart kb-chart-${key}` },
    el("caption", {}, t(`kb.chart.${key}`)),
    el("tbody", {}, values.map((value, i) => el("tr", {},
      el("th", { scope: "row" }, t(`kb.${key}.${i}`)),
      el("td", {}, bar(value / most)),
      el("td", { class: "kb-figure" }, shares ? percent(shares[i]) : `×${Number(value.toFixed(1))}`)))));
}

function examinations(condition) {
  if (!condition.examinations.length) return null;
  const measure = (name, found) => found ? el("p", { class: "kb-measure" }, `${t(`kb.${name}`)} ${percent(found.value)} `, source(found.source)) : null;
  return section(t("result.examinations"), el("ul", { class: "kb-cards" }, condition.examinations.map((exam) =>
    el("li", {}, el("h3", {}, exam.name[lang]), el("p", {}, exam.tells[lang]),
      measure("sensitivity", exam.sensitivity), measure("specificity", exam.specificity)))));
}

function mimics(condition) {
  if (!condition.mimics.length) return null;
  return section(t("kb.mimics"), el("ul", { class: "kb-cards" }, condition.mimics.map((mimic) => {
    const place = el("div");
    return el("li", {},
      el("h3", {}, el("a", { href: `/conditions/${encodeURIComponent(mimic.id)}` }, mimic.name[lang]),
        el("span", { class: `kb-level triage-${mimic.triage}` }, t(`kb.triage.${mimic.triage}`))),
      el("p", {}, mimic.tells[lang]),
      el("details", { class: "kb-compare", ontoggle: (event) => showDifferences(event, place, condition, mimic) },
        el("summary", {}, t("kb.compare")), place));
  })));
}

async function showDifferences(event, place, condition, mimic) {
  if (!event.target.open || place.childElementCount) return;
  put(place, el("p", { class: "quiet" }, t("kb.loading")));
  try {
    const found = await compare(condition.id, mimic.id);
    put(place, el("table", { class: "kb-numbers kb-differences" },
      el("caption", { class: "visually-hidden" }, t("kb.compare")),
      el("thead", {}, el("tr", {}, [t("kb.finding"), condition.name[lang], mimic.name[lang]].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, found.differences.map((row) => el("tr", {},
        el("th", { scope: "row" }, row.name[lang], row.asked ? null : el("span", { class: "kb-tag" }, t("kb.examined"))),
        row.p.map((p) => el("td", {}, bar(p), el("span", { class: "kb-figure" }, percent(p)))))))));
  } catch (error) {
    put(place, el("p", { class: "kb-error" }, t("app.failed", { reason: error.message })));
  }
}

function management(condition) {
  if (!condition.management.length) return null;
  return section(t("kb.management"), el("p", { class: "quiet" }, t("kb.management_note")), condition.management.map((one) =>
    el("div", { class: "kb-management" },
      el("h3", {}, el("span", { class: "kb-tag" }, t(`kb.jurisdiction.${one.jurisdiction}`)), " ", source(one.source)),
      el("ol", {}, one.steps[lang].map((step) => el("li", {}, step))))));
}

function lines(title, entries) {
  return entries.length ? section(title, el("ul", { class: "kb-lines" }, entries.map((line) => el("li", {}, line)))) : null;
}

function advice(condition) {
  const parts = [["do", "do"], ["avoid", "avoid"], ["return", "come_back"]].filter(([key]) => condition.advice[key]?.[lang]?.length);
  if (!parts.length) return null;
  return section(t("kb.advice"), parts.map(([key, word]) =>
    el("div", { class: "kb-advice" }, el("h3", {}, t(`result.${word}`)), el("ul", { class: "kb-lines" }, condition.advice[key][lang].map((line) => el("li", {}, line))))));
}

function sources(condition) {
  const label = (one) => [one.title, one.publisher, one.year, one.jurisdiction, one.section].filter(Boolean).join(" · ");
  return section(t("kb.sources"),
    el("p", {}, t("kb.estimates", { share: percent(condition.estimates / condition.numbers), n: condition.numbers })),
    condition.seen ? el("p", {}, t("kb.seen", { n: condition.seen })) : null,
    el("ul", { class: "kb-lines" }, condition.sources.map((one) => el("li", {}, label(one)))),
    el("p", { class: "quiet" }, t("result.version", { version: condition.version })));
}

function head(condition) {
  const names = [condition.name[other], ...condition.also[lang]].filter((name) => name !== condition.name[lang]);
  return el("header", { class: "kb-head" },
    el("h1", {}, condition.name[lang]),
    el("p", { class: "quiet" }, names.join(" · ")),
    el("p", { class: "kb-facts" },
      el("span", { class: `kb-level triage-${condition.triage}` }, condition.triage_name[lang]),
      condition.dangerous ? el("span", { class: "kb-tag kb-danger" }, t("kb.dangerous")) : null,
      el("a", { class: "kb-tag", href: `/conditions?q=${encodeURIComponent(condition.icd10[0])}` }, `ICD-10 ${condition.icd10.join(", ")}`),
      el("span", { class: "kb-tag" }, condition.department[lang])),
    condition.sooner.length ? el("div", { class: "kb-sooner" }, el("p", {}, t("kb.sooner")), el("ul", { class: "kb-lines" }, condition.sooner.map((one) =>
      el("li", {}, el("span", { class: `kb-level triage-${one.triage}` }, t(`kb.triage.${one.triage}`)), " ", one.who.map((who) => who[lang]).join(t("app.comma")))))) : null,
    el("p", { class: "kb-summary" }, condition.summary[lang]));
}

async function start() {
  startMasthead();
  const place = byId("condition");
  try {
    const condition = await getCondition(document.body.dataset.condition);
    titles = Object.fromEntries(condition.sources.map((one) => [one.key, [one.title, one.year && !one.title.includes(one.year) ? one.year : null].filter(Boolean).join(" ")]));
    document.title = `${condition.name[lang]} · ${t("app.name")}`;
    put(place, [
      head(condition), numbers(condition.findings, t("kb.findings"), figure),
      numbers(condition.risks, t("kb.risks"), (entry) => el("span", { class: "kb-figure" }, `×${entry.value}`)),
      who(condition), examinations(condition), mimics(condition), management(condition),
      lines(t("kb.complications"), condition.complications[lang]), advice(condition), sources(condition),
    ]);
  } catch (error) {
    put(place);
    put(byId("error"), error.status === 404 ? t("kb.unknown", { id: document.body.dataset.condition }) : t("app.failed", { reason: error.message }));
  }
  place.setAttribute("aria-busy", "false");
}

start();
