// The medicines of a list as rows: how each was read, what it holds, its dose, and a way to remove it.

import { el, icon, put } from "./dom.js";
import { t } from "./i18n.js";
import { severityMark } from "./medicines_severity.js";

const ROUTES = [
  "oral", "injection", "inhaled", "sublingual", "rectal", "transdermal", "implant", "topical", "eye", "ear", "nose",
  "vaginal", "mouth", "intravitreal", "intrathecal",
];
const GUESSED = new Set(["spelling", "pinyin"]);
const DOSE_PAUSE_MILLISECONDS = 500;

export const howTaken = (drug) => [drug.dose, drug.route ? t(`med.route.${drug.route}`) : null].filter(Boolean).join(" · ");

function notes(drug, known, use) {
  if (!known) return [];
  const { hit, unknown, suggestions, ingredients, littleKnown, doseUnread } = known;
  return [
    unknown ? el("p", { class: "med-row-note is-unknown" }, icon("question"), el("span", {}, t("med.row.unknown"))) : null,
    unknown && suggestions.length
      ? el("p", { class: "med-suggest" }, el("span", {}, t("med.row.suggest")),
        suggestions.map((name) => el("button", { type: "button", class: "med-suggestion", onclick: () => use(drug, name) }, name)))
      : null,
    hit && hit.name !== drug.name
      ? el("p", { class: GUESSED.has(hit.how) ? "med-row-note is-guess" : "med-row-note" }, t(GUESSED.has(hit.how) ? "med.row.guessed" : "med.row.read_as", { name: hit.name }))
      : null,
    ingredients ? el("p", { class: "med-row-note" }, t("med.contains", { names: ingredients })) : null,
    littleKnown ? el("p", { class: "med-row-note is-unknown" }, icon("question"), el("span", {}, t("med.row.little"))) : null,
    doseUnread ? el("p", { class: "med-row-note is-unknown" }, icon("question"), el("span", {}, t("med.row.dose_unread"))) : null,
  ];
}

function createRow(drug, { edit, remove, use, goTo }) {
  let now = drug;
  let timer = 0;
  let drawn = "";
  const id = `row-${drug.key}`;
  const name = el("h3", { class: "med-row-name", id: `${id}-name` });
  const badge = el("span", { class: "med-row-badge" });
  const told = el("div", { class: "med-row-notes" });
  const taken = el("p", { class: "med-row-taken" });
  const dose = el("input", { id: `${id}-dose`, type: "text", class: "field", maxlength: "100", autocomplete: "off", placeholder: t("med.row.dose_example"),
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(write, DOSE_PAUSE_MILLISECONDS);
    },
    onchange: () => write() });
  const route = el("select", { id: `${id}-route`, class: "field", onchange: () => write() },
    el("option", { value: "" }, t("med.row.route_none")),
    ROUTES.map((one) => el("option", { value: one }, t(`med.route.${one}`))));
  const takeOut = el("button", { type: "button", class: "tool tool-icon", onclick: () => remove(now), title: t("med.row.remove") }, icon("trash"));
  const fields = el("div", { class: "med-row-fields", id: `${id}-fields`, hidden: true },
    el("p", {}, el("label", { for: dose.id }, t("med.row.dose")), dose),
    el("p", {}, el("label", { for: route.id }, t("med.row.route")), route));
  const opener = el("button", { type: "button", class: "link-button med-row-how", "aria-expanded": "false", "aria-controls": fields.id, onclick: () => {
    fields.hidden = !fields.hidden;
    opener.setAttribute("aria-expanded", String(!fields.hidden));
    if (!fields.hidden) dose.focus();
  } }, t("med.row.dose"));
  const element = el("li", { class: "med-row", "data-medicine": drug.key },
    el("div", { class: "med-row-head" }, name, opener, badge, takeOut), taken, told, fields);

  function write() {
    clearTimeout(timer);
    if ((now.dose ?? "") === dose.value.trim() && (now.route ?? "") === route.value) return;
    edit(now.key, { dose: dose.value.trim() || null, route: route.value || null });
  }

  return {
    element,
    update(drug, known) {
      now = drug;
      name.textContent = drug.name;
      if (document.activeElement !== dose) dose.value = drug.dose ?? "";
      if (document.activeElement !== route) route.value = drug.route ?? "";
      taken.textContent = howTaken(drug);
      takeOut.setAttribute("aria-label", t("med.row.remove_label", { name: drug.name }));
      opener.setAttribute("aria-label", t("med.row.dose_label", { name: drug.name }));
      element.classList.toggle("is-unknown", Boolean(known?.unknown));
      const text = JSON.stringify([drug.name, known]);
      if (text === drawn) return;
      drawn = text;
      put(told, notes(drug, known, use));
      put(badge, known?.worst
        ? el("button", { type: "button", class: "med-row-worst", "aria-label": t("med.row.worst", { severity: t(`med.severity.${known.worst.severity}`), name: drug.name }), onclick: () => goTo([known.worst.id]) }, severityMark(known.worst.severity))
        : null);
    },
    focus: () => takeOut.focus(),
  };
}

/** Keeps `place` (a list) as the medicines are; a row that stays is not made again, so typing goes on. */
export function createRows(place, actions) {
  const rows = new Map();
  return {
    show(drugs, knownOf) {
      for (const key of [...rows.keys()]) {
        if (drugs.some((drug) => drug.key === key)) continue;
        rows.get(key).element.remove();
        rows.delete(key);
      }
      drugs.forEach((drug, n) => {
        const row = rows.get(drug.key) ?? createRow(drug, actions);
        rows.set(drug.key, row);
        if (place.children[n] !== row.element) place.insertBefore(row.element, place.children[n] ?? null);
        row.update(drug, knownOf(drug));
      });
    },
    focus: (key) => rows.get(key)?.focus(),
  };
}
