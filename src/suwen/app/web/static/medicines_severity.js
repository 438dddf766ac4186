// How grave an alert is: colour, shape and letters together, never colour alone.

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

export const SEVERITIES = ["contraindicated", "major", "moderate", "minor"];

export const worstOf = (alerts) => alerts.reduce((worst, alert) =>
  !worst || SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(worst.severity) ? alert : worst, null);

export const countOf = (alerts, severity) => alerts.filter((alert) => alert.severity === severity).length;

/** The whole word with its shape. */
export function severityBadge(severity) {
  return el("span", { class: `badge severity-${severity}` }, icon(severity), t(`med.severity.${severity}`));
}

/** One or a few letters in a coloured field. */
export function severityMark(severity) {
  return el("span", { class: `med-mark severity-${severity}`, "aria-hidden": "true" }, t(`med.letter.${severity}`));
}
