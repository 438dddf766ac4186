// The SOAP note for the doctor: in either language, to copy or to print.

import { getNote } from "./api.js";
import { byId, el, put } from "./dom.js";
import { htmlLang, lang, t } from "./i18n.js";
import { say, startMasthead } from "./masthead.js";

const PARTS = ["subjective", "objective", "assessment", "plan"];
const id = document.body.dataset.encounter;
let text = "";

function part(name, lines) {
  return el("section", { class: "note-part" }, el("h2", { lang: document.documentElement.lang }, t(`note.${name}`)),
    lines.length ? el("ul", {}, lines.map((line) => el("li", {}, line))) : el("p", { class: "quiet", lang: document.documentElement.lang }, t("note.nothing")));
}

async function show(noteLang) {
  for (const button of document.querySelectorAll("[data-note-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.noteLang === noteLang));
  }
  const place = byId("sheet");
  try {
    const answer = await getNote(id, noteLang);
    text = `${answer.text}\n\n${answer.label}`;
    place.lang = htmlLang(noteLang);
    put(byId("label"), answer.label);
    byId("label").lang = htmlLang(noteLang);
    put(place, PARTS.map((name) => part(name, answer.note[name] ?? [])),
      el("p", { class: "signature", lang: document.documentElement.lang }, t("note.signature")));
  } catch (error) {
    text = "";
    put(place, el("p", { class: "empty", role: "alert" }, error.status === 404 ? t("talk.not_found_text") : error.message));
  }
}

/** `navigator.clipboard` exists only on https and localhost; a clinic's plain-http address needs the old way. */
function copyTheOldWay() {
  const box = el("textarea", { class: "visually-hidden", "aria-hidden": "true", tabindex: "-1" });
  box.value = text;
  document.body.append(box);
  box.select();
  const worked = document.execCommand("copy");
  box.remove();
  if (!worked) throw new Error("copy refused");
}

async function copy() {
  const button = byId("copy").querySelector("span");
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyTheOldWay();
    put(button, t("note.copied"));
    say(t("note.copied"), 3);
  } catch {
    say(t("note.copy_failed"), 6);
  }
  setTimeout(() => put(button, t("note.copy")), 3000);
}

startMasthead();
byId("print").addEventListener("click", () => print());
byId("copy").addEventListener("click", copy);
for (const button of document.querySelectorAll("[data-note-lang]")) {
  button.addEventListener("click", () => show(button.dataset.noteLang));
}
show(lang);
