// The pharmacist's part of the HTTP API, one function a route. Failures are those of api.js.

import { Problem, Unreachable } from "./api.js";

const TIMEOUT_MILLISECONDS = 45_000;
const TRY_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

/** `signal` gives a request up; `keepalive` lets it outlive the page. */
async function request(method, path, { body, signal, keepalive = false } = {}) {
  const stop = new AbortController();
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

const root = "/api/medicine-lists";
const at = (id, rest = "") => `${root}/${encodeURIComponent(id)}${rest}`;

export const findMedicines = async (text, { limit = 8, signal } = {}) =>
  (await request("GET", `/api/medicines?q=${encodeURIComponent(text.slice(0, 100))}&limit=${limit}`, { signal })).medicines;

export const listLists = async () => (await request("GET", root)).lists;
export const createList = (body) => request("POST", root, { body });
export const getList = (id) => request("GET", at(id));
export const saveList = (id, body, options) => request("PUT", at(id), { body, ...options });
export const deleteList = (id) => request("DELETE", at(id));
export const setAside = (id, alert, reason, comment) => request("POST", at(id, "/dismissals"), { body: { alert, reason, comment } });
export const takeBack = (id, alert) => request("DELETE", at(id, `/dismissals/${encodeURIComponent(alert)}`));
