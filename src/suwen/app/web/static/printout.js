// The answer on paper.

import { getEncounter } from "./api.js";
import { byId, el, put } from "./dom.js";
import { fullDate, htmlLang, t } from "./i18n.js";
import { startMasthead } from "./masthead.js";
import { resultParts } from "./result.js";

function person(patient) {
  return [patient.age, patient.sex_name, patient.pregnancy].filter(Boolean).join(" · ");
}

function heard(view) {
  const line = (finding) => [finding.name, finding.value ? ` ${finding.value}` : "", ` (${t(`panel.${finding.status}`)})`].join("");
  if (!view.findings.length) return null;
  return el("section", { class: "result-section" }, el("h2", {}, t("result.what_i_heard")), el("p", {}, view.findings.map(line).join(t("app.comma"))));
}

function show(view) {
  const place = byId("sheet");
  if (!view.result) return put(place, el("p", { class: "empty" }, t("print.open")));
  place.lang = htmlLang(view.lang);
  const parts = resultParts(view.result);
  parts.splice(-1, 0, heard(view)); // before the small print
  put(place,
    el("p", { class: "sheet-sub" }, [view.title, person(view.patient), t("print.made", { date: fullDate(view.updated_at), id: view.id })].filter(Boolean).join(" · ")),
    el("div", { class: "result" }, parts));
}

startMasthead();
byId("print").addEventListener("click", () => print());
getEncounter(document.body.dataset.encounter).then(show, (error) =>
  put(byId("sheet"), el("p", { class: "empty", role: "alert" }, error.status === 404 ? t("talk.not_found_text") : error.message)));
