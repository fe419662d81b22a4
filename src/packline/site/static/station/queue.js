// What was done while the server did not answer: kept in the browser's database, which survives a
// reload and a dead battery, and sent in its order, each under the key that it was first sent with.

import { Refusal, Silence, tell } from "./talk.js";

const NAME = "packline-station";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("work", { keyPath: "n", autoIncrement: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction("work", mode, { durability: "strict" });
      const request = work(transaction.objectStore("work"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const kept = () => within("readonly", (store) => store.getAll());
export const keep = (item) => within("readwrite", (store) => store.add(item));
export const drop = (n) => within("readwrite", (store) => store.delete(n));
const mark = (item) => within("readwrite", (store) => store.put(item));

let running = null;

// Send what is kept, the oldest first. What is refused stays, with the reason, and holds back what
// follows it on the same unit; another unit's work goes on. Returns what was accepted.
export function replay() {
  running ||= sendAll().finally(() => {
    running = null;
  });
  return running;
}

async function sendAll() {
  const accepted = [];
  const stuck = new Set();
  for (const item of await kept()) {
    if (stuck.has(item.unit)) continue;
    if (item.refused) {
      stuck.add(item.unit);
      continue;
    }
    try {
      const answer = await tell(item.path, item.body, item);
      await drop(item.n);
      accepted.push({ item, answer });
    } catch (error) {
      if (error instanceof Silence) return accepted;
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 429 || error.status >= 500) return accepted;
      await mark({ ...item, refused: error.problem });
      stuck.add(item.unit);
    }
  }
  return accepted;
}

// Try again what was refused, once what stood in the way is cleared.
export async function retry(n) {
  const item = (await kept()).find((known) => known.n === n);
  if (item) await mark({ ...item, refused: null });
  return replay();
}
