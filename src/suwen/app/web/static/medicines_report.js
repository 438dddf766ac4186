// What the pharmacist found: what to act on as cards, the rest in one line, and every gap by its name.

import { el, icon, put } from "./dom.js";
import { fullDate, t } from "./i18n.js";
import { askFor, FACTS } from "./medicines_patient.js";
import { countOf, SEVERITIES, severityBadge } from "./medicines_severity.js";

export const cardId = (alert) => `alert-${alert.id}`;
export const isActive = (alert) => alert.dismissed === null;

const between = (names) => el("span", { class: "med-names" }, names.flatMap((name, n) => [n ? el("span", { class: "med-times" }, " × ") : null, el("span", {}, name)]));

function facts(alert) {
  return el("dl", { class: "med-facts" }, [
    [t("med.alert.mechanism"), alert.mechanism],
    [t("med.alert.onset"), alert.onset ? t(`med.onset.${alert.onset}`) : null],
    [t("med.alert.evidence"), t(`med.evidence.${alert.evidence}`)],
    [t("med.alert.source"), alert.source],
  ].filter(([, text]) => text).map(([name, text]) => el("div", {}, el("dt", {}, name), el("dd", {}, text))));
}

function whyAside(alert) {
  const { reason, comment, at } = alert.dismissed;
  return el("p", { class: "med-aside-why" },
    el("strong", {}, t(`med.reason.${reason}`)), comment ? ` ${t("med.aside.comment", { comment })}` : null,
    el("span", { class: "quiet" }, ` · ${fullDate(at)}`));
}

/** One alert; without `actions` (on paper) everything is open and nothing can be done. */
function card(alert, actions) {
  const aside = !isActive(alert);
  return el("article", { class: `med-alert severity-${alert.severity}${aside ? " is-aside" : ""}`, id: cardId(alert), tabindex: actions ? "-1" : null, "aria-labelledby": `${cardId(alert)}-title` },
    el("header", { class: "med-alert-head" }, severityBadge(alert.severity),
      el("h3", { id: `${cardId(alert)}-title` }, between(alert.drugs))),
    el("p", { class: "med-alert-effect" }, alert.effect),
    el("p", { class: "med-alert-do" }, el("span", { class: "med-alert-do-label" }, t("med.alert.do")), alert.management),
    aside ? whyAside(alert) : null,
    actions
      ? el("div", { class: "med-alert-foot" },
        el("details", { class: "med-fold", "data-key": `why-${alert.id}` }, el("summary", {}, t("med.alert.why")), facts(alert)),
        aside
          ? el("button", { type: "button", class: "link-button", id: `back-${alert.id}`, onclick: () => actions.takeBack(alert) }, t("med.aside.back"))
          : el("button", { type: "button", class: "link-button", id: `aside-${alert.id}`, onclick: () => actions.setAside(alert) }, t("med.aside.do")))
      : facts(alert));
}

const cards = (alerts, actions) => alerts.map((alert) => card(alert, actions));

/** "8 moderate · 13 minor", only what there is. */
function counted(alerts, severities) {
  return severities.map((severity) => [severity, countOf(alerts, severity)]).filter(([, n]) => n)
    .map(([severity, n]) => t("med.report.of", { n, severity: t(`med.severity.${severity}`) })).join(" · ");
}

/** What was found, in the server's own sentence, and where each part of it stands. */
function summary(report, content, actions) {
  const active = report.alerts.filter(isActive);
  const aside = report.alerts.length - active.length;
  const gaps = report.unknown.length;
  const worst = active.find((alert) => alert.interrupts)?.severity;
  const jumps = actions ? [
    ...SEVERITIES.slice(0, 2).map((severity) => [`severity-${severity}`, severity, countOf(active, severity), t(`med.severity.${severity}`), () => actions.goTo(active.filter((alert) => alert.severity === severity).map((alert) => alert.id).slice(0, 1))]),
    ["severity-unknown", "question", gaps, t("med.report.jump_unknown"), () => actions.goToId("gaps")],
    ["severity-unknown", "question", report.missing.length, t("med.report.jump_missing"), () => actions.goToId("missing")],
  ].filter(([, , n]) => n) : [];
  return el("div", { class: `med-summary${worst ? ` severity-${worst}` : ""}` },
    el("p", { class: "med-summary-words" }, report.recognised.length ? report.summary : t("med.report.none_known", { n: content.drugs.length })),
    aside ? el("p", { class: "med-summary-aside" }, t("med.report.aside", { n: aside })) : null,
    jumps.length
      ? el("ul", { class: "med-jumps" }, jumps.map(([tone, shape, n, text, go], at) => el("li", {},
        el("button", { type: "button", class: `med-jump-to ${tone}`, id: `jump-${at}`, onclick: go }, icon(shape), el("strong", {}, String(n)), text))))
      : null);
}

function gap(name, title, words, ...more) {
  return el("li", { class: "med-gap", "data-gap": name }, icon("question"), el("div", {}, el("p", { class: "med-gap-title" }, title), el("p", {}, words), more));
}

function gaps(report, content, actions) {
  const rows = [
    ...report.unknown.map((name) => gap("unknown", t("med.gap.unknown", { name }), t("med.gap.unknown_text"),
      actions && report.suggestions[name]?.length
        ? el("p", { class: "med-suggest" }, el("span", {}, t("med.row.suggest")), report.suggestions[name].map((other) =>
          el("button", { type: "button", class: "med-suggestion", onclick: () => actions.use(name, other) }, other)))
        : null)),
    ...report.little_known.map((name) => gap("little", t("med.gap.little", { name }), t("med.gap.little_text"))),
    ...report.dose_unread.map((name) => gap("dose", t("med.gap.dose", { name }), t("med.gap.dose_text", { dose: content.drugs.find((drug) => drug.name === name)?.dose ?? "" }))),
    ...report.unknown_allergies.map((name) => gap("allergy", t("med.gap.allergy", { name }), t("med.gap.allergy_text"))),
    ...report.unknown_conditions.map((name) => gap("condition", t("med.gap.condition", { name }), t("med.gap.condition_text"))),
  ];
  return rows.length
    ? el("section", { class: "med-part", id: "gaps", tabindex: actions ? "-1" : null, "aria-labelledby": "gaps-title" },
      el(actions ? "h3" : "h2", { id: "gaps-title", class: "med-part-title" }, t("med.gap.title")), el("ul", { class: "med-gaps" }, rows))
    : null;
}

function fold(name, title, note, children) {
  return el("details", { class: "med-quiet", id: name, "data-key": name },
    el("summary", {}, el("span", { class: "med-quiet-title" }, title), note ? el("span", { class: "med-quiet-note" }, note) : null),
    el("div", { class: "med-cards" }, children));
}

function small(report) {
  return el("p", { class: "med-small" }, t("med.report.small"), " ", t("result.version", { version: report.version }));
}

/** An alert in two lines, for what may be read later. */
function line(alert) {
  return el("li", { class: "med-line" }, severityBadge(alert.severity),
    el("div", {}, el("p", {}, el("strong", {}, alert.drugs.join(" × ")), " ", alert.effect),
      el("p", {}, t("med.print.line", { text: alert.management })),
      isActive(alert) ? null : whyAside(alert),
      el("p", { class: "quiet" }, `${t(`med.evidence.${alert.evidence}`)} · ${alert.source}`)));
}

/** The parts on paper: everything open, `matrix` between what to act on and what to know. */
export function paperParts(report, content, matrix) {
  const active = report.alerts.filter(isActive);
  const section = (title, alerts, shown) => alerts.length
    ? el("section", { class: "med-part" }, el("h2", { class: "med-part-title" }, title), shown(alerts))
    : null;
  const lines = (alerts) => el("ul", { class: "med-lines" }, alerts.map(line));
  return [
    summary(report, content, null),
    section(t("med.report.act"), active.filter((alert) => alert.interrupts), (alerts) => el("div", { class: "med-cards" }, cards(alerts, null))),
    gaps(report, content, null),
    section(t("med.ask.title"), report.missing, (missing) => el("ul", { class: "med-lines" }, missing.map((one) =>
      el("li", {}, el("strong", {}, t(`med.fact.${one.fact}`)), " ", t("med.ask.drugs", { names: one.drugs.join(t("app.comma")), severity: t(`med.severity.${one.severity}`) }))))),
    matrix,
    section(t("med.report.know"), active.filter((alert) => !alert.interrupts), lines),
    section(t("med.aside.title"), report.alerts.filter((alert) => !isActive(alert)), lines),
  ];
}

/**
 * Fills `place` with each report, without touching what is open, focused or half typed in it.
 * `actions`: edit, use(name, other), setAside(alert), takeBack(alert), goTo(alert ids), goToId(id).
 */
export function createReport(place, actions) {
  const asks = new Map();
  let drawn = "";

  function missing(report) {
    const rows = report.missing.filter((one) => FACTS.includes(one.fact));
    for (const fact of [...asks.keys()]) if (!rows.some((one) => one.fact === fact)) asks.delete(fact);
    if (!rows.length) return null;
    return el("section", { class: "med-part", id: "missing", tabindex: "-1", "aria-labelledby": "missing-title" },
      el("h3", { id: "missing-title", class: "med-part-title" }, t("med.ask.title")),
      el("p", { class: "quiet" }, t("med.ask.text")),
      el("ul", { class: "med-asks" }, rows.map((one) => {
        if (!asks.has(one.fact)) asks.set(one.fact, askFor(one.fact, (change) => {
          actions.edit(change);
          actions.announce(t("med.ask.filled", { fact: t(`med.fact.${one.fact}`) }));
        }));
        asks.get(one.fact).update(one);
        return asks.get(one.fact).element;
      })));
  }

  return (report, content) => {
    const now = JSON.stringify([report, content.drugs.map((drug) => [drug.name, drug.dose])]);
    if (now === drawn) return;
    drawn = now;
    const open = new Set([...place.querySelectorAll("details[open]")].map((details) => details.dataset.key));
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const active = report.alerts.filter(isActive);
    const loud = active.filter((alert) => alert.interrupts);
    const quiet = active.filter((alert) => !alert.interrupts);
    const aside = report.alerts.filter((alert) => !isActive(alert));
    put(place, content.drugs.length ? [
      summary(report, content, actions),
      loud.length ? el("div", { class: "med-cards", id: "loud" }, cards(loud, actions)) : null,
      quiet.length ? fold("quiet-alerts", t("med.report.quiet", { n: quiet.length }), counted(quiet, SEVERITIES), cards(quiet, actions)) : null,
      aside.length ? fold("aside-alerts", t("med.aside.group", { n: aside.length }), null, cards(aside, actions)) : null,
      missing(report),
      gaps(report, content, actions),
      small(report),
    ] : el("div", { class: "empty" }, el("p", { class: "empty-title" }, t("med.report.empty")), el("p", {}, t("med.report.empty_text"))));
    for (const details of place.querySelectorAll("details")) details.open = open.has(details.dataset.key);
    if (focused && !place.contains(document.activeElement)) {
      const again = place.contains(focused) ? focused : focused.id ? document.getElementById(focused.id) : null;
      again?.focus({ preventScroll: true });
    }
  };
}
