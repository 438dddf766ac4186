// The box for free words: Enter sends, Shift+Enter breaks the line, and an IME's Enter does neither.

import { byId } from "./dom.js";
import { getDraft, setDraft } from "./memory.js";

const TALLEST_PIXELS = 160;

/** `submit(text)` gets what was written, trimmed and not empty; it returns false to keep it in the box. */
export function createComposer(id, submit) {
  const box = byId("draft");
  const form = byId("composer");

  function grow() {
    box.style.setProperty("height", "auto");
    box.style.setProperty("height", `${Math.min(box.scrollHeight + 2, TALLEST_PIXELS)}px`);
  }

  function write(text) {
    box.value = text;
    setDraft(id, text);
    grow();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return box.focus();
    if (submit(text) !== false) write("");
  });
  box.addEventListener("input", () => {
    setDraft(id, box.value);
    grow();
  });
  box.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229; // 229: Safari reports the IME's Enter so
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  write(getDraft(id));

  return {
    write,
    isEmpty: () => box.value.trim() === "",
    hasFocus: () => document.activeElement === box,
    focus: () => box.focus({ preventScroll: true }),
    setBusy(busy) {
      byId("send").disabled = busy;
    },
    setHidden(hidden) {
      form.hidden = hidden;
    },
  };
}
