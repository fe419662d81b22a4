// What governs the work and was not read yet: shown, and signed for, where the work is done.

import { button, make, replace } from "./show.js";
import { ask, file, newKey, tell } from "./talk.js";

const SHOWN = ["application/pdf", "image/png", "image/jpeg", "text/plain"]; // others are saved

// One box per document that `person` has not read; `after` runs when one was read, `trouble` says why not.
export async function documentsToRead(operation, { person, after, trouble }) {
  const { attendance, name } = person;
  const found = await ask(`/documents?${new URLSearchParams({ operation })}`, { attendance });
  return found.filter((row) => !row.read).map((row) => box(row, attendance, name, after, trouble));
}

function box(row, attendance, name, after, trouble) {
  const said = make("div", {});
  const opened = make("div", {});
  const key = newKey();
  const confirm = button(
    `I, ${name}, have read and understood it`,
    async () => {
      confirm.disabled = true;
      try {
        await tell("/documents/read", { document: row.document, revision: row.revision }, { attendance, key });
      } catch (error) {
        confirm.disabled = false;
        return replace(said, trouble(error));
      }
      return after();
    },
    "big act",
  );
  confirm.disabled = true; // nobody signs for what was never open
  const open = button(
    "Open it",
    async () => {
      try {
        const address = await file(row.sha256, row.media_type);
        const how = SHOWN.includes(row.media_type) ? { target: "_blank" } : { download: row.name };
        const link = make("a", { href: address, rel: "noopener", ...how }, `Look at ${row.name}`);
        replace(opened, link);
        link.click();
        confirm.disabled = false;
      } catch (error) {
        replace(said, trouble(error));
      }
    },
    "big",
  );
  return make(
    "section",
    { class: "read", "aria-label": `${row.document}, revision ${row.revision}` },
    make("h2", {}, `${row.document}, revision ${row.revision}: ${row.title}`),
    row.change ? make("p", {}, row.change) : null,
    said,
    open,
    opened,
    confirm,
  );
}
