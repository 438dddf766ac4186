// The HTTP API, one function a route. Every failure is a `Problem` (the server said no) or `Unreachable`.

import { t } from "./i18n.js";

const TIMEOUT_MILLISECONDS = 45_000;

/** The server answered with an error; `message` is its own explanation, in the user's language. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail || document.title || t("app.no_answer"));
    this.status = status;
    this.view = document.view ?? null;
  }
}

/** No answer, or one that a later try may better: no network, a restart, a busy server. */
export class Unreachable extends Error {
  constructor(detail) {
    super(detail || t("app.no_answer"));
  }
}

const TRY_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

/** One call of the API, its answer as a value. `signal` gives it up; `keepalive` lets it outlive the page. */
export async function request(method, path, { body, headers = {}, signal, keepalive = false } = {}) {
  const stop = new AbortController(); // AbortSignal.timeout is unknown to older phones
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MILLISECONDS);
  signal?.addEventListener("abort", () => stop.abort());
  let response, answer;
  try {
    response = await fetch(path, {
      method,
      keepalive,
      credentials: "same-origin",
      cache: "no-store",
      signal: stop.signal,
      headers: {
        Accept: "application/json",
        "Accept-Language": document.documentElement.lang,
        ...(method === "GET" ? {} : { "X-Suwen": "1" }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    answer = response.status === 204 ? undefined : await response.json().catch(() => null);
  } catch {
    throw new Unreachable();
  } finally {
    clearTimeout(timer);
  }
  if (TRY_AGAIN.has(response.status)) throw new Unreachable(answer?.detail);
  if (!response.ok) throw new Problem(response.status, answer ?? {});
  if (answer === null) throw new Unreachable(); // cut off on the way
  return answer;
}

const root = "/api/encounters";
const at = (id, rest = "") => `${root}/${encodeURIComponent(id)}${rest}`;

export const listEncounters = async () => (await request("GET", root)).encounters;
export const createEncounter = (lang) => request("POST", root, { body: { lang } });
export const getEncounter = (id) => request("GET", at(id));
export const deleteEncounter = (id) => request("DELETE", at(id));
export const setLanguage = (id, lang) => request("POST", at(id, "/language"), { body: { lang } });
export const finish = (id) => request("POST", at(id, "/finish"));
export const getNote = (id, lang) => request("GET", at(id, `/note?lang=${lang}`));
export const exportAddress = (id) => at(id, "/export");
export const streamAddress = (id) => at(id, "/stream");

export const setFinding = (id, finding, status) =>
  request("PATCH", at(id, `/findings/${encodeURIComponent(finding)}`), { body: { status } });

/** `key` makes a repeat harmless: the server answers it with the first reply. */
export const sendMessage = (id, { key, text, reply_to, choice }) =>
  request("POST", at(id, "/messages"), { body: { text, reply_to, choice }, headers: { "Idempotency-Key": key } });
