// The knowledge part of the HTTP API, one function a route.

import { request } from "./api.js";

export const findConditions = async (text, signal) =>
  (await request("GET", `/api/conditions?q=${encodeURIComponent(text.slice(0, 100))}&limit=40`, { signal })).conditions;
export const inDepartment = async (id) => (await request("GET", `/api/conditions?department=${encodeURIComponent(id)}&limit=1000`)).conditions;
export const allDepartments = async () => (await request("GET", "/api/departments")).departments;
export const getCondition = (id) => request("GET", `/api/conditions/${encodeURIComponent(id)}`);
export const compare = (id, other) => request("GET", `/api/conditions/${encodeURIComponent(id)}/against/${encodeURIComponent(other)}`);
