// What goes into the unit at this step: its matched cells by scan, further parts, and replacements.

import { button, make, refusal, replace } from "./show.js";
import { ask, newKey, tell } from "./talk.js";

const KINDS = ["bms", "harness", "busbar", "housing", "module", "fuse", "contactor"];
const KIND = "packline.station.kind";

const serialField = (id, label) => {
  const input = make("input", { id, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  return { input, box: make("label", {}, make("span", {}, label), input) };
};

// The box of a step's parts. `address` is the unit's, `at` the step's; `changed` runs after a change.
export async function partsOf(step, { address, at, person, trouble, changed }) {
  const found = await ask(`${address}/parts`);
  const said = make("div", {});
  const attendance = person ? person.attendance : "";
  let key = newKey(); // the same while the server is silent: it is done once

  async function change(path, body) {
    try {
      await tell(`${at}/parts${path}`, body, { attendance, key });
      key = newKey();
      await changed();
    } catch (error) {
      if (error.problem) key = newKey();
      replace(said, trouble(error)); // what was scanned and typed stays
    }
  }

  const loose = found.parts.filter((part) => part.kind !== "cell" && part.kind !== "group");
  const cells = found.parts.filter((part) => part.kind === "cell");
  const waits = step.cells_go_in && found.waiting.length;
  return make(
    "section",
    { class: "parts", "aria-label": "Parts" },
    make("h2", {}, "Parts"),
    said,
    waits ? matched(found.waiting, said, change) : null,
    cells.length ? make("p", { class: "muted" }, `${cells.length} cells are in.`) : null,
    loose.length
      ? make("ul", {}, loose.map((part) => make("li", {}, make("strong", {}, part.number), ` ${part.kind}`)))
      : null,
    waits ? null : further(change),
    found.parts.length ? replacing(found.parts, change, said) : null,
  );
}

// Every cell of the match is scanned where it goes in; what does not belong here is said at once.
function matched(waiting, said, change) {
  const seen = new Set();
  const field = serialField("cell", "Scan a cell");
  const counted = make("strong", { role: "status" });
  const next = make("span", { class: "muted" });
  const put = button("Put the cells in", () => change("", { matched_cells: true, scanned: [...seen] }), "big act");
  function tellCount() {
    counted.textContent = `${seen.size} of ${waiting.length} cells scanned`;
    const open = waiting.find((cell) => !seen.has(cell.serial));
    next.textContent = open ? ` Next: ${open.serial}, group ${open.group}, place ${open.place}` : " All are there.";
    put.disabled = Boolean(open);
  }
  function scan(event) {
    event.preventDefault();
    const serial = field.input.value.trim();
    field.input.value = "";
    field.input.focus();
    if (!serial) return;
    const cell = waiting.find((row) => row.serial === serial);
    const twice = seen.has(serial);
    if (cell && !twice) seen.add(serial);
    replace(
      said,
      cell && !twice
        ? make("p", { class: "placed", role: "status" }, make("strong", {}, `Group ${cell.group}, place ${cell.place}`), ` ${serial}`)
        : refusal({ title: twice ? `${serial} was scanned already` : `${serial} does not belong into this unit`, detail: "Put it back into its tray and take the cell that is listed." }),
    );
    tellCount();
  }
  tellCount();
  return make(
    "form",
    { onsubmit: scan },
    make("p", {}, counted, next),
    field.box,
    put,
    button("Put them in without scanning", () => change("", { matched_cells: true }), "quiet"),
  );
}

function further(change) {
  const kind = make("input", { id: "part-kind", list: "part-kinds", autocomplete: "off", autocapitalize: "none", value: localStorage.getItem(KIND) || "bms" });
  const number = serialField("part-number", "Scan its serial");
  return make(
    "details",
    {},
    make("summary", {}, "Put a part in"),
    make("datalist", { id: "part-kinds" }, KINDS.map((name) => make("option", { value: name }))),
    make(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          localStorage.setItem(KIND, kind.value.trim());
          if (number.input.value.trim()) change("", { parts: [{ kind: kind.value.trim(), number: number.input.value.trim() }] });
        },
      },
      make("label", {}, make("span", {}, "What it is"), kind),
      number.box,
      make("button", { class: "big" }, "Put it in"),
    ),
  );
}

function replacing(parts, change, said) {
  const old = serialField("old-part", "Scan the part that comes out");
  const fresh = serialField("new-part", "Scan the part that goes in; leave it empty to take the old one out");
  const why = serialField("why-part", "Why?");
  return make(
    "details",
    {},
    make("summary", {}, "Replace a part or take it out"),
    make(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          const serial = old.input.value.trim();
          const part = parts.find((row) => row.number === serial);
          const reason = why.input.value.trim();
          if (!part || !reason) {
            const title = part ? "Why does it come out?" : `${serial || "Nothing"} is not in this unit`;
            replace(said, refusal({ title, detail: part ? "Say what is wrong with it." : "Scan what is in it." }));
            return;
          }
          const next = fresh.input.value.trim();
          if (next) change("/replace", { kind: part.kind, old: serial, new: next, reason });
          else change("/remove", { kind: part.kind, number: serial, reason });
        },
      },
      old.box,
      fresh.box,
      why.box,
      make("button", { class: "big" }, "Do it"),
    ),
  );
}
