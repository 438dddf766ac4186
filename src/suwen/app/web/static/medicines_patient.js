// Who takes them: facts that rules ask about. Everything may be left out; what is not known is not normal.

import { byId, el, icon, put } from "./dom.js";
import { t } from "./i18n.js";

const NUMBERS = {
  age_years: { min: 0, max: 125 },
  egfr_ml_min: { min: 0, max: 250 },
  weight_kg: { min: 0.3, max: 400 },
  pregnant_weeks: { min: 0.5, max: 45 },
};
const CHOICES = {
  sex: ["female", "male"],
  breastfeeding: ["no", "yes"],
  child_pugh: ["A", "B", "C"],
};
export const FACTS = [...Object.keys(NUMBERS), ...Object.keys(CHOICES)];
const TYPING_MILLISECONDS = 900;
const LONGEST_WORD = 200;

const toValue = (fact, choice) => (fact === "breastfeeding" ? { yes: true, no: false }[choice] ?? null : choice || null);
const toChoice = (fact, value) => (fact === "breastfeeding" ? { true: "yes", false: "no" }[String(value)] ?? "" : value ?? "");
const choiceText = (fact, choice) => (choice === "" ? t("med.fact.not_known") : fact === "child_pugh" ? choice : t(`med.choice.${choice}`));

/** The patient in a few words, for the folded form and for paper. */
export function describe(patient) {
  const number = (fact) => (patient[fact] === null ? null : t(`med.told.${fact}`, { n: patient[fact] }));
  return [
    number("age_years"),
    patient.sex ? t(`med.choice.${patient.sex}`) : null,
    patient.pregnant_weeks === 0 ? t("med.told.not_pregnant") : number("pregnant_weeks") ?? (patient.pregnant ? t("med.told.pregnant") : null),
    patient.breastfeeding === null ? null : t(patient.breastfeeding ? "med.told.breastfeeding" : "med.told.not_breastfeeding"),
    number("egfr_ml_min"),
    patient.child_pugh ? t("med.told.child_pugh", { grade: patient.child_pugh }) : null,
    number("weight_kg"),
    patient.allergies.length ? t("med.told.allergies", { names: patient.allergies.join(t("app.comma")) }) : null,
    patient.conditions.length ? t("med.told.conditions", { names: patient.conditions.join(t("app.comma")) }) : null,
  ].filter(Boolean);
}

function setFact(edit, fact, value) {
  edit(({ patient }) => {
    patient[fact] = value;
    if (fact === "sex" && value === "male") Object.assign(patient, { pregnant: null, pregnant_weeks: null, breastfeeding: null });
  });
}

/** The number in a field, null for empty, undefined for one that is out of range. */
function readNumber(input, fact) {
  const text = input.value.trim();
  if (!text) return input.validity.badInput ? undefined : null;
  const value = Number(text);
  const { min, max } = NUMBERS[fact];
  return Number.isFinite(value) && value >= min && value <= max ? value : undefined;
}

const rangeText = (fact) => t("med.fact.range", NUMBERS[fact]);

function numberInput(fact, id) {
  return el("input", { id, class: "field field-number", type: "number", inputmode: "decimal", step: "any", autocomplete: "off", ...NUMBERS[fact], "aria-describedby": `${id}-error` });
}

function numberField(fact, edit) {
  const id = `fact-${fact}`;
  const fault = el("span", { class: "field-error", id: `${id}-error` });
  const input = numberInput(fact, id);
  let timer = 0;
  function write() {
    clearTimeout(timer);
    const value = readNumber(input, fact);
    input.toggleAttribute("aria-invalid", value === undefined);
    put(fault, value === undefined ? rangeText(fact) : null);
    if (value !== undefined) setFact(edit, fact, value);
  }
  input.addEventListener("change", write);
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(write, TYPING_MILLISECONDS);
  });
  return {
    element: el("div", { class: "med-field" }, el("label", { for: id }, t(`med.fact.${fact}`)),
      el("span", { class: "field-with-unit" }, input, el("span", { class: "field-unit", "aria-hidden": "true" }, t(`med.unit.${fact}`))), fault),
    update(patient) {
      if (document.activeElement !== input && !fault.textContent) input.value = patient[fact] ?? "";
    },
  };
}

function segments(name, legend, choices, pick) {
  const inputs = new Map();
  const element = el("fieldset", { class: "med-field med-choice" }, el("legend", {}, legend),
    el("div", { class: "med-segments" }, choices.map(([value, text]) => {
      const id = `${name}-${value || "none"}`;
      const input = el("input", { type: "radio", id, name, value, onchange: () => pick(value) });
      inputs.set(value, input);
      return el("span", { class: "med-segment" }, input, el("label", { for: id }, text));
    })));
  return { element, set: (value) => inputs.has(value) && (inputs.get(value).checked = true) };
}

function choiceField(fact, edit) {
  const field = segments(`fact-${fact}`, t(`med.fact.${fact}`), ["", ...CHOICES[fact]].map((choice) => [choice, choiceText(fact, choice)]),
    (choice) => setFact(edit, fact, toValue(fact, choice)));
  return { element: field.element, update: (patient) => field.set(toChoice(fact, patient[fact])) };
}

function pregnancyField(edit) {
  const weeks = numberField("pregnant_weeks", edit);
  weeks.element.classList.add("med-weeks");
  let open = false;
  let told = null;
  const field = segments("fact-pregnant", t("med.fact.pregnant"), [["", t("med.fact.not_known")], ["no", t("med.choice.no")], ["yes", t("med.choice.yes")]], (choice) => {
    open = choice === "yes";
    weeks.element.hidden = !open;
    // A "no" is taken back at once; a "yes" counts before the week is told.
    edit(({ patient }) => {
      patient.pregnant = open ? true : null;
      if (!open || !told) patient.pregnant_weeks = choice === "no" ? 0 : null;
    });
  });
  field.element.append(weeks.element, el("p", { class: "field-hint med-weeks-hint" }, t("med.fact.weeks_hint")));
  return {
    element: field.element,
    update(patient) {
      const value = told = patient.pregnant_weeks;
      if (value !== null) open = value > 0;
      else if (patient.pregnant) open = true;
      field.set(value === 0 ? "no" : open ? "yes" : "");
      weeks.element.hidden = !open;
      field.element.querySelector(".med-weeks-hint").hidden = !open || value > 0;
      weeks.update({ pregnant_weeks: value || null });
      field.element.hidden = patient.sex === "male";
      if (patient.sex === "male") open = false;
    },
  };
}

function chips(list, edit) {
  const id = `fact-${list}`;
  const place = el("ul", { class: "med-chips", "aria-label": t(`med.fact.${list}`) });
  const input = el("input", { id, class: "field", type: "text", autocomplete: "off", maxlength: String(LONGEST_WORD), enterkeyhint: "done", placeholder: t(`med.example.${list}`) });
  const button = el("button", { type: "button", class: "button small", onclick: () => add(true) }, t("med.fact.add"));
  let words = [];
  function add(stay) {
    const added = input.value.split(/[,，、;；\n]+/).map((word) => word.trim()).filter(Boolean);
    input.value = "";
    if (added.length) edit(({ patient }) => patient[list].push(...added.filter((word, n) => !patient[list].includes(word) && added.indexOf(word) === n)));
    if (stay) input.focus();
  }
  function remove(word) {
    edit(({ patient }) => patient[list].splice(patient[list].indexOf(word), 1));
    input.focus();
  }
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") {
      event.preventDefault();
      add(true);
    } else if (event.key === "Backspace" && !input.value && words.length) remove(words.at(-1));
  });
  input.addEventListener("change", () => add(false));
  let drawn = "";
  return {
    element: el("div", { class: "med-field med-field-wide" }, el("label", { for: id }, t(`med.fact.${list}`)), place,
      el("div", { class: "med-chip-add" }, input, button)),
    update(patient, unknown) {
      words = patient[list];
      const now = JSON.stringify([words, unknown]);
      if (now === drawn) return;
      drawn = now;
      place.hidden = !words.length;
      put(place, words.map((word) => el("li", { class: unknown.includes(word) ? "med-chip is-unknown" : "med-chip" },
        el("span", {}, unknown.includes(word) ? t("med.fact.word_unknown", { word }) : word),
        el("button", { type: "button", class: "med-chip-remove", "aria-label": t("med.fact.remove", { word }), onclick: () => remove(word) }, icon("close")))));
    },
  };
}

/** Fills the form; returns `update(patient, report)`. */
export function createPatientForm(place, edit) {
  const fields = [
    numberField("age_years", edit), choiceField("sex", edit), pregnancyField(edit), choiceField("breastfeeding", edit),
    numberField("egfr_ml_min", edit), numberField("weight_kg", edit), choiceField("child_pugh", edit),
  ];
  const breastfeeding = fields[3].element;
  const lists = { allergies: chips("allergies", edit), conditions: chips("conditions", edit) };
  put(place, fields.map((field) => field.element), lists.allergies.element, lists.conditions.element);
  return (patient, report) => {
    for (const field of fields) field.update(patient);
    breastfeeding.hidden = patient.sex === "male";
    lists.allergies.update(patient, report?.unknown_allergies ?? []);
    lists.conditions.update(patient, report?.unknown_conditions ?? []);
    const told = describe(patient);
    put(byId("patient-line"), told.length ? told.join(" · ") : t("med.patient.nothing"));
  };
}

/** One missing fact with what is needed to fill it in at once. */
export function askFor(fact, edit) {
  const id = `ask-${fact}`;
  const names = el("span", { class: "med-ask-drugs" });
  const fill = (value) => setFact(edit, fact, value);
  const button = (text, value) => el("button", { type: "button", class: "button small", onclick: () => fill(value) }, text);
  const fault = el("span", { class: "field-error", id: `${id}-error` });
  let controls;
  if (fact in NUMBERS) {
    const input = numberInput(fact, id);
    controls = el("form", { class: "med-ask-fill", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      const value = readNumber(input, fact);
      const good = value !== undefined && value !== null;
      put(fault, good ? null : rangeText(fact));
      if (good) fill(value);
      else input.focus();
    } },
    fact === "pregnant_weeks" ? button(t("med.told.not_pregnant"), 0) : null,
    el("label", { class: "visually-hidden", for: id }, t(`med.fact.${fact}`)),
    el("span", { class: "field-with-unit" }, input, el("span", { class: "field-unit", "aria-hidden": "true" }, t(`med.unit.${fact}`))),
    el("button", { type: "submit", class: "button small primary" }, t("med.ask.fill")),
    fault);
  } else {
    controls = el("div", { class: "med-ask-fill", role: "group", "aria-label": t(`med.fact.${fact}`) },
      CHOICES[fact].map((choice) => button(choiceText(fact, choice), toValue(fact, choice))));
  }
  return {
    element: el("li", { class: "med-ask", "data-fact": fact },
      el("div", { class: "med-ask-words" }, el("h4", {}, t(`med.fact.${fact === "pregnant_weeks" ? "pregnant" : fact}`)), el("p", {}, t(`med.hint.${fact}`)), names),
      controls),
    update(missing) {
      put(names, t("med.ask.drugs", { names: missing.drugs.join(t("app.comma")), severity: t(`med.severity.${missing.severity}`) }));
    },
  };
}
