// One modal question with two answers.

import { byId, put } from "./dom.js";

/** True when the user chose `yes`; closing it in any other way is false. */
export function confirmed({ title, text, yes, danger = false }) {
  const dialog = byId("confirm");
  put(byId("confirm-title"), title);
  put(byId("confirm-text"), text);
  put(byId("confirm-yes"), yes);
  byId("confirm-yes").classList.toggle("danger", danger);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
