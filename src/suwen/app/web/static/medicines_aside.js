// The dialog that asks why an alert is set aside.

import { byId, el, put } from "./dom.js";
import { t } from "./i18n.js";

const REASONS = ["benefit_outweighs", "monitored", "tolerated", "not_taken", "wrong", "other"];

/** {reason, comment}, or null when it is not to be set aside after all. */
export function askReason(alert) {
  const dialog = byId("aside");
  const form = dialog.querySelector("form");
  put(byId("aside-what"), `${alert.drugs.join(" × ")}: ${alert.effect}`);
  put(byId("aside-reasons"), REASONS.map((reason, n) => el("span", { class: "med-reason" },
    el("input", { type: "radio", name: "reason", value: reason, id: `reason-${reason}`, required: true, autofocus: n === 0 }),
    el("label", { for: `reason-${reason}` }, el("strong", {}, t(`med.reason.${reason}`)), el("span", {}, t(`med.reason_text.${reason}`))))));
  byId("aside-comment").value = "";
  dialog.returnValue = "";
  dialog.showModal();
  byId(`reason-${REASONS[0]}`).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const reason = new FormData(form).get("reason");
      resolve(dialog.returnValue === "yes" && reason ? { reason, comment: byId("aside-comment").value.trim() } : null);
    }, { once: true });
  });
}
