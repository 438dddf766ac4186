// The pharmacist's part of the HTTP API, one function a route. Failures are those of api.js.

import { request } from "./api.js";

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
