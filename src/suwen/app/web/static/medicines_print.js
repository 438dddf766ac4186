// A list of medicines on paper.

import { byId, el, put } from "./dom.js";
import { fullDate, htmlLang, lang, t } from "./i18n.js";
import { startMasthead } from "./masthead.js";
import { getList, saveList } from "./medicines_api.js";
import { paperMatrix } from "./medicines_matrix.js";
import { describe } from "./medicines_patient.js";
import { paperParts } from "./medicines_report.js";
import { howTaken } from "./medicines_rows.js";

/** The list with its report in the language of the page. */
async function read(id) {
  const view = await getList(id);
  if (view.lang === lang) return view;
  const { label, drugs, patient, version } = view;
  return saveList(id, { label, drugs, patient, version, lang }).catch(() => view);
}

function medicines(view) {
  const readAs = (drug) => {
    const hit = view.report.recognised.find((one) => one.given === drug.name);
    return hit ? (hit.name === drug.name ? "" : hit.name) : t("med.row.unknown");
  };
  return el("section", { class: "med-part" }, el("h2", { class: "med-part-title" }, t("med.print.medicines", { n: view.drugs.length })),
    el("table", { class: "med-table" },
      el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col" }, t("med.print.name")), el("th", { scope: "col" }, t("med.print.read_as")), el("th", { scope: "col" }, t("med.row.how")))),
      el("tbody", {}, view.drugs.map((drug, n) => el("tr", {}, el("td", {}, String(n + 1)), el("th", { scope: "row" }, drug.name), el("td", {}, readAs(drug)), el("td", {}, howTaken(drug)))))));
}

function show(view) {
  const place = byId("sheet");
  const told = describe(view.patient);
  document.title = `${view.label || t("med.untitled")} · ${t("med.print.page_title")}`;
  place.lang = htmlLang(lang);
  put(place,
    el("p", { class: "sheet-sub" }, [view.label, t("print.made", { date: fullDate(view.updated_at), id: view.id })].filter(Boolean).join(" · ")),
    view.drugs.length
      ? el("div", { class: "result" },
        el("section", { class: "med-part" }, el("h2", { class: "med-part-title" }, t("med.patient.title")), el("p", {}, told.length ? told.join(" · ") : t("med.patient.nothing"))),
        medicines(view),
        paperParts(view.report, view, paperMatrix(view.drugs, view.report)),
        el("p", { class: "small-print" }, t("med.report.small"), " ", t("result.version", { version: view.report.version }), " · ", t("med.print.date", { date: fullDate(new Date().toISOString()) })))
      : el("p", { class: "empty" }, t("med.list_empty")));
}

startMasthead();
byId("print").addEventListener("click", () => print());
read(document.body.dataset.list).then(show, (error) =>
  put(byId("sheet"), el("p", { class: "empty", role: "alert" }, [404, 422].includes(error.status) ? t("med.not_found_text") : error.message)));
