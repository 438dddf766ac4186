// The answer: how urgent, where to go, what it could be and why, what to do, and what is not known.

import { exportAddress } from "./api.js";
import { el, icon, put } from "./dom.js";
import { percent, t } from "./i18n.js";

const EMERGENCY = "emergency";
const EMERGENCY_NUMBER = "120";

function hero(result) {
  const { level, name, time_limit, reason } = result.triage;
  return el("div", { class: `hero triage-${level}` },
    el("div", { class: "hero-icon" }, icon(level)),
    el("div", { class: "hero-words" },
      el("p", { class: "hero-level" }, name),
      time_limit ? el("p", { class: "hero-time" }, time_limit) : null,
      reason ? el("p", { class: "hero-reason" }, reason) : null,
      level === EMERGENCY ? el("a", { class: "call", href: `tel:${EMERGENCY_NUMBER}` }, icon("phone"), t("alarm.call", { number: EMERGENCY_NUMBER })) : null));
}

function department(result) {
  if (!result.department) return null;
  return el("div", { class: "department" }, icon("building"),
    el("p", {}, el("span", { class: "department-label" }, t("result.department")), el("strong", {}, result.department.name)));
}

function bar(p) {
  const track = el("span", { class: "p-bar", "aria-hidden": "true" }, el("span", { class: "p-fill" }));
  track.style.setProperty("--p", String(p));
  return track;
}

function chips(kind, reasons) {
  if (!reasons?.length) return null;
  return el("div", { class: `reasons reasons-${kind}` },
    el("h4", {}, icon(kind === "for" ? "check" : "cross"), t(`result.${kind}`)),
    el("ul", {}, reasons.map(({ name, words }) =>
      el("li", { class: "chip" }, el("span", {}, name), words ? el("span", { class: "chip-words" }, t("result.words", { words })) : null))));
}

function condition(entry) {
  return el("li", { class: "condition" },
    el("div", { class: "condition-head" },
      el("h3", {}, el("a", { href: `/conditions/${encodeURIComponent(entry.id)}`, title: t("result.about") }, entry.name)),
      el("p", { class: "condition-p" }, el("span", { class: "condition-word" }, entry.word), el("span", { class: "condition-figure" }, percent(entry.p)))),
    bar(entry.p),
    entry.summary ? el("p", { class: "condition-summary" }, entry.summary) : null,
    chips("for", entry.for),
    chips("against", entry.against));
}

function conditions(result) {
  return section("conditions", t("result.conditions"),
    result.conditions.length ? el("ol", { class: "conditions" }, result.conditions.map(condition)) : el("p", {}, t("result.no_conditions")),
    result.other_p > 0 ? el("p", { class: "other-p" }, el("span", {}, t("result.other")), el("span", { class: "condition-figure" }, percent(result.other_p))) : null);
}

function considered(result) {
  if (!result.considered?.length) return null;
  return section("considered", t("result.considered"), el("ul", { class: "considered" }, result.considered.map((entry) =>
    el("li", {}, el("div", { class: "considered-head" }, el("strong", {}, entry.name),
      el("span", { class: `verdict verdict-${entry.verdict}` }, entry.verdict_name || t(`result.${entry.verdict}`))),
    entry.reason ? el("p", {}, entry.reason) : null))));
}

function examinations(result) {
  if (!result.examinations?.length) return null;
  return section("examinations", t("result.examinations"), el("ul", { class: "examinations" }, result.examinations.map((entry) =>
    el("li", {}, el("strong", {}, entry.name), el("p", {}, entry.tells),
      entry.for?.length ? el("p", { class: "quiet" }, t("result.exam_for", { names: entry.for.join(t("app.comma")) })) : null))));
}

function advice(result) {
  const blocks = [["do", "check"], ["avoid", "cross"], ["come_back", "urgent"]].filter(([key]) => result[key]?.length);
  if (!blocks.length) return null;
  return el("div", { class: "advice" }, blocks.map(([key, sign]) =>
    el("section", { class: `advice-block advice-${key}` },
      el("h2", {}, icon(sign), t(`result.${key}`)),
      el("ul", {}, result[key].map((line) => el("li", {}, line))))));
}

function medicineAlert(entry) {
  return el("li", { class: `med-alert med-${entry.severity}` },
    el("p", {}, el("strong", {}, entry.drugs.join(" + ")), " ", el("span", { class: "verdict verdict-not_excluded" }, t(`result.severity_${entry.severity}`))),
    el("p", {}, entry.effect), el("p", { class: "quiet" }, entry.management), el("p", { class: "quiet med-source" }, entry.source));
}

/** What is taken, checked: what has to be acted on first, possible causes, and everything that was not recognised. */
function medicines(result) {
  const found = result.medicines; // null when none was spoken of; absent in answers of older versions
  if (!found) return null;
  const names = found.recognised.map((entry) => entry.mended || entry.given !== entry.name ? t("result.med_read", entry) : entry.name);
  return section("medicines", t("result.medicines"),
    el("p", {}, found.summary),
    names.length ? el("p", { class: "quiet" }, t("result.med_known", { names: names.join(t("app.comma")) })) : null,
    found.alerts.length ? el("ul", { class: "considered" }, found.alerts.map(medicineAlert)) : null,
    found.causes.length ? [el("h3", {}, t("result.med_causes")), el("ul", { class: "considered" }, found.causes.map((cause) =>
      el("li", {}, el("p", {}, el("strong", {}, cause.drug), " → ", cause.finding), el("p", { class: "quiet" }, cause.say))))] : null,
    found.quiet.length ? el("details", { class: "med-quiet" }, el("summary", {}, t("result.med_quiet", { n: found.quiet.length })),
      el("ul", { class: "considered" }, found.quiet.map(medicineAlert))) : null,
    found.unknown.length ? el("p", { class: "med-unknown" }, t("result.med_unknown", { names: found.unknown.join(t("app.comma")) })) : null,
    found.unknown_allergies.length ? el("p", { class: "med-unknown" }, t("result.med_unknown_allergies", { names: found.unknown_allergies.join(t("app.comma")) })) : null);
}

/** Folded away: it is for a doctor, and would frighten more than it helps. */
function rare(result) {
  const found = result.rare; // null when nothing calls for it; absent in answers of older versions
  if (!found) return null;
  const line = (key, names) => names.length ? el("p", { class: "quiet" }, t(`result.rare_${key}`, { names: names.join(t("app.comma")) })) : null;
  const code = (one) => [one.orpha ? `ORPHA:${one.orpha}` : null, one.omim ? `OMIM:${one.omim}` : null].filter(Boolean).join(" · ");
  return el("details", { class: "result-section section-rare" },
    el("summary", {}, t("result.rare")),
    el("p", {}, found.label),
    line("unexplained", found.unexplained),
    el("ul", { class: "considered" }, found.diseases.map((one) =>
      el("li", {}, el("div", { class: "considered-head" }, el("strong", { lang: "en" }, one.name), el("span", { class: "quiet" }, code(one))),
        line("explains", one.explains.map((entry) => `${entry.name} ${entry.hpo}`)), line("leaves", one.leaves), line("lacks", one.lacks)))),
    el("p", { class: "quiet" }, t("result.rare_source", { source: found.source })));
}

function limits(result) {
  if (!result.unknowns?.length && !result.not_understood?.length) return null;
  return section("limits", t("result.limits"),
    result.unknowns?.length ? el("ul", {}, result.unknowns.map((line) => el("li", {}, line))) : null,
    result.not_understood?.length
      ? [el("h3", {}, t("result.not_understood")), el("p", { class: "unheard-words" }, result.not_understood.map((words) => el("q", {}, words)))]
      : null);
}

function section(name, title, ...children) {
  return el("section", { class: `result-section section-${name}` }, el("h2", {}, title), ...children);
}

function small(result) {
  return el("div", { class: "small-print" },
    el("p", {}, result.disclaimer),
    el("p", {}, [result.estimates, result.knowledge_version ? t("result.version", { version: result.knowledge_version }) : null].filter(Boolean).join(" · ")));
}

function actions(id) {
  const path = `/c/${encodeURIComponent(id)}`;
  return el("nav", { class: "result-actions", "aria-label": t("result.actions") },
    el("a", { class: "button", href: `${path}/print` }, icon("print"), t("result.print")),
    el("a", { class: "button", href: `${path}/note` }, icon("note"), t("result.note")),
    el("a", { class: "button", href: exportAddress(id), download: true }, icon("download"), t("result.export")),
    el("a", { class: "button primary", href: "/" }, icon("new"), t("result.new")));
}

/** The parts in reading order: urgency and where to go first, the fine print last. */
export function resultParts(result) {
  return [hero(result), department(result), advice(result), medicines(result), conditions(result), considered(result), examinations(result), rare(result), limits(result), small(result)];
}

/** Fills `place` with the answer of a closed encounter. */
export function showResult(place, view) {
  put(place, el("h2", { class: "visually-hidden", id: "result-title", tabindex: "-1" }, t("result.title")), resultParts(view.result), actions(view.id));
}
