// What has been understood, by topic; each finding can be set right with one tap.

import { el, put } from "./dom.js";
import { htmlLang, t } from "./i18n.js";

const STATUSES = ["present", "absent", "unknown"];

function person(patient) {
  const facts = [
    patient.subject === "other" ? t("panel.subject_other") : null,
    patient.age, patient.sex_name, patient.pregnancy,
  ].filter(Boolean);
  const lists = [["panel.medicines", patient.medicines], ["panel.allergies", patient.allergies], ["panel.past_told", patient.past]].filter(([, items]) => items?.length);
  if (!facts.length && !lists.length) return null;
  return el("section", { class: "group" }, el("h3", {}, t("panel.patient")),
    facts.length ? el("p", { class: "facts" }, facts.map((fact) => el("span", { class: "fact" }, fact))) : null,
    lists.map(([key, items]) => el("p", { class: "fact-list" }, el("span", { class: "fact-name" }, t(key)), items.join(t("app.comma")))));
}

function details(finding) {
  const notes = [
    finding.value,
    finding.when === "past" ? t("panel.past") : null,
    finding.when === "family" ? t("panel.family") : null,
    finding.certain === false ? t("panel.uncertain") : null,
  ].filter(Boolean);
  return [
    notes.length ? el("span", { class: "finding-notes" }, notes.join(" · ")) : null,
    finding.words ? el("span", { class: "finding-words" }, t("panel.words", { words: finding.words })) : null,
  ];
}

function control(finding, change) {
  return el("span", { class: "three" }, STATUSES.map((status) => {
    const id = `f-${finding.id}-${status}`;
    return el("span", { class: `three-state three-${status}` },
      el("input", { type: "radio", id, name: `f-${finding.id}`, value: status, checked: finding.status === status, onchange: () => change(finding, status) }),
      el("label", { for: id, lang: document.documentElement.lang }, t(`panel.${status}`)));
  }));
}

/** History and family are told, not asked again: only what is so now can be changed. */
function row(finding, changeNow) {
  const change = finding.when === "now" ? changeNow : null;
  return el("fieldset", { class: `finding is-${finding.status}`, "data-finding": change ? finding.id : null },
    el("legend", {}, finding.name),
    details(finding),
    change ? control(finding, change)
      : el("span", { class: `finding-status status-${finding.status}`, lang: document.documentElement.lang }, t(`panel.${finding.status}`)));
}

function byGroup(findings) {
  const groups = new Map();
  for (const finding of findings) {
    const name = finding.group || t("panel.other_group");
    groups.set(name, [...(groups.get(name) ?? []), finding]);
  }
  return [...groups];
}

/** `change(finding, status)` saves a correction; null shows everything without controls. */
export function showFindings(place, view, change) {
  const focused = place.contains(document.activeElement) ? document.activeElement.id : null;
  const nothing = !view.findings.length;
  place.lang = htmlLang(view.lang);
  put(place,
    nothing ? el("p", { class: "panel-hint", lang: document.documentElement.lang }, t("panel.empty"))
      : change ? el("p", { class: "panel-hint", lang: document.documentElement.lang }, t("panel.hint")) : null,
    person(view.patient),
    byGroup(view.findings).map(([name, findings]) =>
      el("section", { class: "group" }, el("h3", {}, name), findings.map((finding) => row(finding, change)))),
    view.not_understood.length
      ? el("section", { class: "group" }, el("h3", { lang: document.documentElement.lang }, t("panel.not_understood")),
        el("p", { class: "panel-hint", lang: document.documentElement.lang }, t("panel.not_understood_text")),
        el("ul", { class: "unheard" }, view.not_understood.map((words) => el("li", {}, words))))
      : null);
  if (focused) document.getElementById(focused)?.focus();
}
