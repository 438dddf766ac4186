// A triage level as a badge: colour, shape and words together, never colour alone.

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

export const LEVELS = ["emergency", "urgent", "soon", "routine", "self_care"];

/** A small badge for lists. */
export function triageBadge(level) {
  return el("span", { class: `badge triage-${level}` }, icon(level), t(`triage.${level}`));
}
