// The ways to answer one question by a tap. Writing freely is always possible too: that is the composer.

import { el, icon, put } from "./dom.js";
import { htmlLang, t } from "./i18n.js";

const SHORT = 10; // labels up to this width stand side by side

/** Shows how to answer `view.question`; `answer({text, choice})` is called once. */
export function showQuestion(place, view, answer) {
  const question = view.question;
  place.lang = htmlLang(view.lang);
  if (!question) return put(place);
  const last = [...view.messages].reverse().find((message) => message.from === "suwen");
  const alreadySaid = last?.text.includes(question.text);
  put(place,
    el("div", { class: "question", role: "group", "aria-label": question.text, tabindex: "-1", id: "question-card" },
      alreadySaid ? null : el("p", { class: "question-text" }, question.text),
      question.why ? why(question.why) : null,
      controls(question, answer)));
}

/** Puts the keyboard on the question's group, which a screen reader then reads out. */
export function focusQuestion() {
  document.getElementById("question-card")?.focus({ preventScroll: true });
}

/** About how wide a text is, a Latin letter being 1 and a Chinese character 2. */
function width(text) {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 2 : 1), 0);
}

function showWhole(event) {
  if (event.target.open) document.getElementById("question-card")?.scrollIntoView({ block: "nearest" });
}

function why(text) {
  return el("details", { class: "why", ontoggle: showWhole }, el("summary", {}, icon("question"), el("span", {}, t("talk.why"))), el("p", {}, text));
}

function controls(question, answer) {
  if (question.kind === "number") return number(question, answer);
  if (question.kind === "scale") return scale(question, answer);
  if (!question.options?.length) return null;
  return question.multiple ? several(question, answer) : options(question, answer);
}

function options(question, answer) {
  const short = question.options.every((option) => width(option.label) <= SHORT);
  return el("div", { class: `options ${short ? "options-short" : ""}` }, question.options.map((option) =>
    el("button", { type: "button", class: "option", "data-value": option.value, onclick: () => answer({ text: option.label, choice: option.value }) }, option.label)));
}

function several(question, answer) {
  const send = el("button", { type: "submit", class: "button primary", disabled: true }, t("talk.confirm_choice"));
  const form = el("form", { class: "several" },
    el("div", { class: "options" }, question.options.map((option) =>
      el("label", { class: "option option-check" }, el("input", { type: "checkbox", value: option.value, "data-label": option.label }), el("span", {}, option.label)))),
    send);
  const chosen = () => [...form.querySelectorAll("input:checked")];
  form.addEventListener("change", () => { send.disabled = chosen().length === 0; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const one = chosen().length === 1 ? chosen()[0].value : null;
    answer({ text: chosen().map((input) => input.dataset.label).join(t("app.comma")), choice: one });
  });
  return form;
}

function scale(question, answer) {
  const steps = question.options?.length ? question.options : Array.from({ length: 11 }, (_, n) => ({ value: String(n), label: String(n) }));
  const isNumber = (option) => /^\d+$/.test(option.label);
  const button = (option) => el("button", { type: "button", class: isNumber(option) ? "option scale-step" : "option", "data-value": option.value, onclick: () => answer({ text: option.label, choice: option.value }) }, option.label);
  return el("div", { class: "scale" },
    el("div", { class: "scale-ends", "aria-hidden": "true" }, el("span", {}, t("talk.scale_low")), el("span", {}, t("talk.scale_high"))),
    el("div", { class: "scale-steps" }, steps.filter(isNumber).map(button)),
    el("div", { class: "options options-short" }, steps.filter((option) => !isNumber(option)).map(button)));
}

function number(question, answer) {
  const input = el("input", { type: "text", inputmode: "decimal", class: "number-input", "aria-label": question.unit ? `${t("talk.number")} (${question.unit})` : t("talk.number"), autocomplete: "off", maxlength: "12" });
  const form = el("form", { class: "number" }, input,
    question.unit ? el("span", { class: "number-unit", "aria-hidden": "true" }, question.unit) : null,
    el("button", { type: "submit", class: "button primary" }, t("talk.confirm_number")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = input.value.trim();
    if (!value) return input.focus();
    answer({ text: question.unit ? `${value} ${question.unit}` : value, choice: null });
  });
  return el("div", { class: "number-block" }, form,
    question.options?.length ? el("div", { class: "options options-short" }, question.options.map((option) =>
      el("button", { type: "button", class: "option", "data-value": option.value, onclick: () => answer({ text: option.label, choice: option.value }) }, option.label))) : null);
}
