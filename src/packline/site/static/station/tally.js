// Several units in one action: so many good, so many scrap, each scrap with its reason.

import { button, make, replace } from "./show.js";

const REASONS = "packline.station.reasons"; // what was typed last, offered again

const reasons = () => JSON.parse(localStorage.getItem(REASONS) || "[]");

export function keepReason(text) {
  const known = [text, ...reasons().filter((r) => r !== text)].slice(0, 8);
  localStorage.setItem(REASONS, JSON.stringify(known));
}

// A field for a reason, with those typed before one touch away.
export function reasonField(id, onchange = () => {}) {
  const field = make("input", { id, maxlength: 250, autocomplete: "off", "aria-label": "Why is it scrap?", placeholder: "Why?", oninput: onchange });
  const chosen = reasons().map((text) =>
    button(text, () => {
      field.value = text;
      onchange();
    }, "quiet"),
  );
  return { field, box: make("div", { class: "reason" }, field, chosen.length ? make("div", { class: "reasons" }, chosen) : null) };
}

// The screen: `waiting` as GET /queue says it, `report` sends and returns what was done or null.
export function tallyScreen({ waiting, serialOf, report, said, back }) {
  const rows = new Map(); // serial -> { choice, reason }
  const list = make("div", { class: "tally" });
  const send = button("", submit, "big act");
  const scan = make("input", { id: "tally-scan", autocomplete: "off", autocapitalize: "none", "data-first": true });

  for (const row of waiting) if (row.state !== "held") add(row.serial);
  count();

  function add(serial) {
    if (rows.has(serial)) return rows.get(serial);
    const reason = reasonField(`reason-${rows.size}`, count);
    reason.box.hidden = true;
    const row = { serial, choice: "", reason: reason.field };
    const good = button("Good", () => choose(row, row.choice === "good" ? "" : "good"));
    const scrap = button("Scrap", () => choose(row, row.choice === "scrap" ? "" : "scrap"));
    good.setAttribute("aria-label", `${serial} good`);
    scrap.setAttribute("aria-label", `${serial} scrap`);
    row.show = () => {
      good.setAttribute("aria-pressed", String(row.choice === "good"));
      scrap.setAttribute("aria-pressed", String(row.choice === "scrap"));
      reason.box.hidden = row.choice !== "scrap";
    };
    rows.set(serial, row);
    list.append(make("div", { class: "tally-row" }, make("strong", {}, serial), good, scrap, reason.box));
    row.show();
    return row;
  }

  function choose(row, choice) {
    row.choice = choice;
    row.show();
    count();
    if (choice === "scrap") row.reason.focus();
  }

  function chosen() {
    const every = [...rows.values()];
    return { good: every.filter((r) => r.choice === "good"), scrap: every.filter((r) => r.choice === "scrap") };
  }

  function count() {
    const { good, scrap } = chosen();
    send.textContent = `Report ${good.length} good, ${scrap.length} scrap`;
    send.disabled = !good.length && !scrap.length;
  }

  async function submit() {
    const { good, scrap } = chosen();
    const silent = scrap.find((r) => !r.reason.value.trim());
    if (silent) {
      replace(said, make("div", { class: "refusal", role: "alert" }, make("strong", {}, `${silent.serial}: why is it scrap?`)));
      silent.reason.focus();
      return;
    }
    send.disabled = true; // one touch, one report
    for (const row of scrap) keepReason(row.reason.value.trim());
    await report({
      good: good.map((r) => r.serial),
      scrap: scrap.map((r) => ({ serial: r.serial, reason: r.reason.value.trim() })),
    });
    send.disabled = false;
  }

  return [
    make("h1", {}, "Good and scrap"),
    make("p", {}, "Scan what is good, or touch it in the list. All of it is reported at once, or nothing."),
    said,
    make(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          const serial = serialOf(scan.value);
          if (serial) choose(add(serial), "good");
          scan.value = "";
          scan.focus();
        },
      },
      make("label", {}, make("span", {}, "Serial"), scan),
    ),
    make("div", { class: "actions" }, button("All good", () => [...rows.values()].forEach((row) => row.choice || choose(row, "good"))), button("None", () => [...rows.values()].forEach((row) => choose(row, "")))),
    list,
    send,
    back,
  ];
}
