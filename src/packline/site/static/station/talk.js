// Talking to the interface in the name of this station. A refusal is an answer; silence is not.

const ROOT = "/api/v1";
const TOKEN = "packline.station.token";

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `refused (${status})`);
    this.status = status;
    this.problem = problem;
  }
}

export class Silence extends Error {}

export const token = () => localStorage.getItem(TOKEN) || "";
export const keepToken = (text) => localStorage.setItem(TOKEN, text.trim());
export const forgetToken = () => localStorage.removeItem(TOKEN);

export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "st-" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export async function ask(path, { attendance = "" } = {}) {
  return answered(await sent(path, { method: "GET", headers: headers(attendance) }));
}

export async function tell(path, body, { attendance = "", key = newKey() } = {}) {
  const more = { "Content-Type": "application/json", "Idempotency-Key": key };
  return answered(
    await sent(path, {
      method: "POST",
      headers: { ...headers(attendance), ...more },
      body: JSON.stringify(body || {}),
    }),
  );
}

// A kept file, as something that the browser can show in a tab of its own.
export async function file(sha256, kind) {
  const response = await sent(`/files/${sha256}`, { method: "GET", headers: headers("") });
  if (!response.ok) return answered(response);
  return URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: kind }));
}

function headers(attendance) {
  const known = { Authorization: `Bearer ${token()}` };
  return attendance ? { ...known, "Packline-Attendance": attendance } : known;
}

async function sent(path, options) {
  let response;
  try {
    response = await fetch(ROOT + path, { ...options, signal: AbortSignal.timeout(15000) });
  } catch {
    throw new Silence("the server does not answer");
  }
  if ([502, 503, 504].includes(response.status)) throw new Silence("the server is not ready");
  return response;
}

async function answered(response) {
  const text = await response.text();
  let content = {};
  try {
    content = text ? JSON.parse(text) : {};
  } catch {
    throw new Silence("what answers is not Packline");
  }
  if (!response.ok) throw new Refusal(response.status, content);
  return content;
}
