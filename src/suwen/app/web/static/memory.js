// What this device remembers of a conversation: the draft, and the one message not yet acknowledged.

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // storage is forbidden, or holds something that is not ours
  }
}

function write(name, value) {
  try {
    if (value === null || value === "") localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // a private window without storage: the page works, only the memory is lost
  }
}

export const getDraft = (id) => read(`suwen.draft.${id}`) ?? "";
export const setDraft = (id, text) => write(`suwen.draft.${id}`, text);
export const getUnsent = (id) => read(`suwen.unsent.${id}`);
export const setUnsent = (id, message) => write(`suwen.unsent.${id}`, message);

/** Forgets an encounter that was deleted. */
export function forget(id) {
  setDraft(id, "");
  setUnsent(id, null);
}

/** A random name for one message; `crypto.randomUUID` is missing on plain-http addresses. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
