// The operator's screen: scan, the one next action, do it, see the verdict.

import { documentsToRead } from "./documents.js";
import { partsOf } from "./parts.js";
import { drop, keep, kept, replay, retry } from "./queue.js";
import { button, limits, make, number, refusal, replace, within } from "./show.js";
import { keepReason, reasonField, tallyScreen } from "./tally.js";
import { Refusal, Silence, ask, forgetToken, keepToken, newKey, tell, token } from "./talk.js";

const place = (id) => document.getElementById(id);
const DRAFT = "packline.station.draft:";
const GAUGES = "packline.station.gauges";
const PERSON = "packline.station.attendance";
const VERSION = "operator station 1";

let station = null; // as GET /station says it
let person = JSON.parse(localStorage.getItem(PERSON) || "null");
let online = true;
let unit = null;
let step = null;
let starting = null; // the key of a start whose answer was lost
const fitted = { tool: "", recipe: "" }; // what the machine of this station has, for one unit after another

// ---- the line at the top -----------------------------------------------------------------

async function tellTop() {
  const waiting = await kept();
  const refused = waiting.filter((item) => item.refused);
  replace(
    place("where"),
    make("strong", {}, station ? station.station : "Station"),
    station ? make("span", {}, station.kind.replaceAll("_", " ")) : null,
  );
  replace(
    place("who"),
    person
      ? [make("strong", {}, person.name), button("Sign out", signOut, "quiet")]
      : token()
        ? make("strong", { class: "nobody" }, "Nobody is signed in")
        : null,
  );
  const words = [];
  if (!online) words.push("No connection");
  if (waiting.length) words.push(`${waiting.length} kept here, not yet sent`);
  if (refused.length) words.push(`${refused.length} refused`);
  replace(place("link"), words.length ? words.join(" · ") : "Connected");
  place("link").className = refused.length ? "bad" : words.length ? "warn" : "good";
  place("link").onclick = waiting.length ? () => showQueue() : null;
}

function speak(text) {
  place("spoken").textContent = text;
}

function trouble(error, back = []) {
  if (error instanceof Silence) {
    online = false;
    tellTop();
    return make(
      "div",
      { class: "refusal quiet", role: "alert" },
      make("strong", {}, "The server does not answer"),
      make("p", {}, "Nothing was lost. Readings and finished steps are kept here and sent later; a step can only be started when the server answers, because the gate has to be asked."),
    );
  }
  if (error instanceof Refusal) {
    if (error.status === 401 && person) leavePerson();
    return refusal(error.problem);
  }
  throw error;
}

function draw(...children) {
  replace(place("screen"), ...children);
  const first = place("screen").querySelector("[data-first]");
  if (first) first.focus();
  window.scrollTo(0, 0);
}

// ---- setting up, signing in ----------------------------------------------------------------

function showSetup(message = null) {
  const field = make("input", { id: "token", type: "text", autocomplete: "off", "data-first": true });
  draw(
    make("h1", {}, "Set this screen up"),
    make("p", {}, "Paste the token of the station. An administrator makes one with ", make("code", {}, "packline token issue"), "; it is shown once."),
    message,
    form(
      async () => {
        keepToken(field.value);
        await begin();
      },
      labelled("Token", field),
      make("button", { class: "big" }, "Use this token"),
    ),
  );
}

function showSignIn(message = null) {
  const badge = make("input", { id: "badge", autocomplete: "off", autocapitalize: "none", "data-first": true });
  const pin = make("input", { id: "pin", type: "password", inputmode: "numeric", autocomplete: "off" });
  const said = make("div", {}, message);
  draw(
    make("h1", {}, "Sign in"),
    make("p", {}, "Scan the badge, then type the PIN."),
    said,
    form(
      async () => {
        try {
          person = await tell("/attendance", { badge: badge.value.trim(), pin: pin.value });
          localStorage.setItem(PERSON, JSON.stringify(person));
          online = true;
          await showScan();
        } catch (error) {
          pin.value = "";
          replace(said, trouble(error));
          pin.focus();
        }
      },
      labelled("Badge", badge),
      labelled("PIN", pin),
      make("button", { class: "big" }, "Sign in"),
    ),
  );
  tellTop();
}

function leavePerson() {
  person = null;
  localStorage.removeItem(PERSON);
}

async function signOut() {
  try {
    await tell("/attendance/end", {});
  } catch (error) {
    if (!(error instanceof Refusal)) {
      draw(trouble(error), button("Back", () => showScan()));
      return;
    }
  }
  leavePerson();
  showSignIn();
}

// ---- scanning ------------------------------------------------------------------------------

async function showScan(message = null) {
  unit = null;
  step = null;
  starting = null;
  const field = make("input", { id: "scan", autocomplete: "off", autocapitalize: "none", "data-first": true });
  const queue = make("div", { class: "queue" });
  const said = make("div", {}, message);
  draw(
    make("h1", {}, "Scan a unit"),
    said,
    form(async () => {
      const serial = serialOf(field.value);
      if (!serial) return;
      try {
        await openUnit(serial);
      } catch (error) {
        replace(said, trouble(error));
        field.select();
      }
    }, labelled("Serial", field), make("button", { class: "big" }, "Open")),
    queue,
  );
  await tellTop();
  try {
    const waiting = await ask("/queue?limit=12");
    online = true;
    replace(
      queue,
      waiting.length ? make("h2", {}, "Waiting for this station") : make("p", { class: "muted" }, "Nothing waits for this station."),
      waiting.map((row) =>
        make(
          "button",
          { type: "button", class: `unit ${row.state}`, onclick: () => openUnit(row.serial).catch((error) => replace(said, trouble(error))) },
          make("strong", {}, row.serial),
          make("span", {}, row.state === "held" ? "on hold" : row.next ? row.next.title : "done"),
        ),
      ),
      person && waiting.some((row) => row.state !== "held") ? button("Several at once: good and scrap", () => showTally(), "big") : null,
    );
  } catch (error) {
    replace(queue, trouble(error));
  }
  tellTop();
}

// ---- good and scrap in one action ------------------------------------------------------------

// Of the operation that most units wait for here; what is typed stays until it was answered.
async function showTally() {
  let waiting = [];
  try {
    waiting = await ask("/queue?limit=100");
    online = true;
  } catch (error) {
    return showScan(trouble(error));
  }
  const next = waiting.find((row) => row.next && row.state !== "held")?.next;
  if (!next) return showScan();
  const same = waiting.filter((row) => row.next && row.next.operation === next.operation);
  const said = make("div", {});
  let key = null; // kept while the server is silent: what it did after all is then done once
  let told = "";
  async function report(found) {
    const body = { operation: next.operation, ...found, tools: next.tool_kind && fitted.tool ? [fitted.tool] : [], recipe: (next.recipe_code && fitted.recipe) || null };
    const text = JSON.stringify(body);
    if (text !== told || !key) key = newKey();
    told = text;
    try {
      const answer = await tell("/tally", body, { attendance: person.attendance, key });
      online = true;
      const failed = answer.good.filter((g) => g.state !== "passed" || g.unit_state === "held");
      draw(
        make("h1", {}, next.title),
        failed.length
          ? verdict("bad", `${failed.length} not passed`, failed.map((g) => g.serial).join(", "))
          : verdict("good", `${answer.good.length} good`, answer.scrap.length ? `${answer.scrap.length} set aside: ${answer.scrap.map((s) => s.serial).join(", ")}` : ""),
        answer.scrap.length ? make("p", {}, "What is set aside is on hold. Mark it and put it into the quarantine; the review board decides whether it is scrap.") : null,
        back(),
      );
      await tellTop();
    } catch (error) {
      replace(said, trouble(error));
      window.scrollTo(0, 0);
      if (error instanceof Refusal) {
        key = null;
        speak("Refused");
      }
    }
  }
  draw(...tallyScreen({ waiting: same, serialOf, report, said, back: back() }));
  return tellTop();
}

// One unit in work that did not come out good.
function showScrap() {
  const said = make("div", {});
  const reason = reasonField("why");
  draw(
    unitHead(),
    make("h2", {}, `Set aside as scrap at ${step.title || step.operation}`),
    make("p", {}, "The unit is on hold from now on; the review board decides whether it is scrap."),
    said,
    reason.box,
    button("Set it aside", async () => {
      const why = reason.field.value.trim();
      if (!why) {
        replace(said, refusal({ title: "Why is it scrap?", detail: "Say what is wrong with it." }));
        return reason.field.focus();
      }
      keepReason(why);
      const answer = await send("/tally", { operation: step.operation, good: [], scrap: [{ serial: step.unit, reason: why }] }, `scrap of ${step.unit} at ${step.operation}`, said);
      if (answer === null) return undefined;
      localStorage.removeItem(draftKey());
      if (answer !== "kept") unit = await ask(address(step.unit));
      draw(unitHead(), answer === "kept" ? verdict("warn", "Kept here", "It is on hold when the server answers again. Put it into the quarantine now.") : verdict("bad", "SCRAP", "Set aside: put it into the quarantine"), back());
      return tellTop();
    }, "big bad"),
    button("Back to the work", () => drawStep(), "quiet big"),
  );
  reason.field.focus();
}

// A label holds a GS1 element string, (01)GTIN(21)SERIAL; a scanner may leave the brackets out.
function serialOf(text) {
  const scanned = text.trim().replace(/^\]d2|^\]Q3/, "");
  const bracketed = /\(21\)([^(]+)/.exec(scanned);
  if (bracketed) return bracketed[1].trim();
  const plain = /^01\d{14}21(.+)$/.exec(scanned);
  return (plain ? plain[1].split("\u001d")[0] : scanned).trim();
}

// ---- one unit ------------------------------------------------------------------------------

const address = (serial) => `/units/${serial.split("/").map(encodeURIComponent).join("/")}`;

async function openUnit(serial) {
  unit = await ask(address(serial));
  online = true;
  const steps = await ask(`${address(serial)}/steps`);
  const open = steps.find((s) => s.state === "started" && s.station === station.station);
  if (open) return showStep(open.operation, open.attempt);
  return showUnit();
}

async function showUnit(message = null) {
  const next = unit.next;
  const said = make("div", {}, message);
  const head = unitHead();
  if (!next) {
    draw(head, said, verdict("good", "Every operation is done"), back());
    return tellTop();
  }
  if (next.station_kind !== station.kind) {
    draw(head, said, make("p", { class: "next" }, "Next: ", make("strong", {}, next.title), ` at a ${next.station_kind.replaceAll("_", " ")}`), holds(), back());
    return tellTop();
  }
  if (!person) return showSignIn();
  let gate = null;
  let toRead = [];
  try {
    gate = await ask(`${address(unit.serial)}/gate?${asked(next)}`, { attendance: person.attendance });
    if (gate.blockers.some((b) => b.code === "document_unread")) {
      toRead = await documentsToRead(next.operation, { person, trouble, after: () => openUnit(unit.serial) });
    }
    online = true;
  } catch (error) {
    draw(head, trouble(error), fitting(next), back());
    return tellTop();
  }
  draw(
    head,
    said,
    fitting(next),
    gate.open
      ? button(`Start ${next.title}`, startStep, "big act")
      : refusal({ title: `${next.title} may not begin`, blockers: gate.blockers }),
    ...toRead,
    gate.open ? null : button("Ask again", () => openUnit(unit.serial), "big"),
    back(),
  );
  const act = place("screen").querySelector(".act");
  if (act) act.focus();
  return tellTop();
}

// Which tool and program the gate is asked about, and a step is started with.
function asked(next) {
  const told = new URLSearchParams({ operation: next.operation });
  if (next.tool_kind && fitted.tool) told.append("tool", fitted.tool);
  if (next.recipe_code && fitted.recipe) told.append("recipe", fitted.recipe);
  return told;
}

function fitting(next) {
  if (!next.tool_kind && !next.recipe_code) return null;
  const tool = make("input", { id: "tool", autocomplete: "off", autocapitalize: "none", value: fitted.tool });
  const recipe = make("input", { id: "recipe", autocomplete: "off", autocapitalize: "none", value: fitted.recipe, placeholder: `${next.recipe_code}@revision` });
  return form(
    async () => {
      fitted.tool = tool.value.trim();
      fitted.recipe = recipe.value.trim();
      await showUnit();
    },
    next.tool_kind ? make("label", { for: "tool" }, `Scan the ${next.tool_kind.replaceAll("-", " ")}`) : null,
    next.tool_kind ? tool : null,
    next.recipe_code ? make("label", { for: "recipe" }, "Program that the machine has loaded") : null,
    next.recipe_code ? recipe : null,
    make("button", { type: "submit", class: "big" }, "Use these"),
  );
}

function unitHead() {
  return make("div", { class: "unit-head" }, make("h1", {}, unit.serial), make("span", {}, `${unit.order}, pack ${unit.number}`), make("span", { class: `state ${unit.state}` }, unit.state === "held" ? "on hold" : unit.state), unit.virtual ? make("span", { class: "state" }, "virtual") : null);
}

function holds() {
  return unit.holds.length ? refusal({ title: "On hold", blockers: unit.holds.map((h) => ({ record: h.hold, reason: h.reason, clears: "the disposition of its nonconformance" })) }) : null;
}

const back = () => button("Another unit", () => showScan(), "quiet big");

async function startStep() {
  starting ||= newKey();
  try {
    const begun = await tell(`${address(unit.serial)}/steps`, { operation: unit.next.operation, tools: unit.next.tool_kind && fitted.tool ? [fitted.tool] : [], recipe: (unit.next.recipe_code && fitted.recipe) || null }, { attendance: person.attendance, key: starting });
    starting = null;
    online = true;
    unit = { ...unit, state: unit.state === "planned" ? "building" : unit.state };
    await showStep(begun.operation, begun.attempt);
  } catch (error) {
    if (error instanceof Refusal) starting = null;
    await showUnit(trouble(error));
  }
}

// ---- one step ------------------------------------------------------------------------------

const stepAddress = () => `${address(step.unit)}/steps/${encodeURIComponent(step.operation)}/${step.attempt}`;
const draftKey = () => DRAFT + step.step;

async function showStep(operation, attempt, message = null) {
  step = await ask(`${address(unit.serial)}/steps/${encodeURIComponent(operation)}/${attempt}`);
  drawStep(message);
  return tellTop();
}

function drawStep(message = null) {
  const draft = JSON.parse(localStorage.getItem(draftKey()) || "{}");
  const gauges = JSON.parse(localStorage.getItem(GAUGES) || "{}");
  const taken = new Set(step.readings.map((r) => `${r.code}/${r.position}`));
  const kinds = [...new Set(step.checks.filter((c) => c.gauge_kind !== "none" && c.per !== "joint").map((c) => c.gauge_kind))];
  const rows = step.checks.filter((c) => c.per !== "joint").flatMap((check) => places(check).map((position) => checkRow(check, position, draft, taken)));
  const joints = step.checks.filter((c) => c.per === "joint");
  const said = make("div", {}, message);
  const open = rows.filter((row) => row.querySelector("input"));
  draw(
    unitHead(),
    make("h2", {}, step.title || step.operation),
    pictures(),
    make("ol", { class: "instruction" }, step.instruction.split("\n").filter((line) => line.trim()).map((line) => make("li", {}, line.replace(/^\s*\d+[.)]\s*/, "")))),
    said,
    partsHere(),
    kinds.map((kind) => labelled(`Gauge: ${kind.replaceAll("_", " ")}`, make("input", { class: "gauge", "data-kind": kind, value: gauges[kind] || "", autocomplete: "off", onchange: keepGauges }))),
    rows.length ? make("div", { class: "checks" }, rows) : null,
    joints.length ? make("p", { class: "muted" }, `The machine hands in its joints itself: ${joints.map((c) => c.name).join(", ")}.`) : null,
    open.length ? button("Keep readings", () => sendReadings(said), "big act") : null,
    button("Finish", () => finishStep(said), open.length ? "big" : "big act"),
    unit.state === "held" ? null : button("Not good: set aside as scrap", () => showScrap(), "quiet big"),
    back(),
  );
  const first = place("screen").querySelector(".checks input") || place("screen").querySelector(".act");
  if (first) first.focus();
}

// Parts need the server, as a start does: it knows what is on hold, and what is elsewhere.
function partsHere() {
  const box = make("div", {});
  const shown = step;
  partsOf(step, { address: address(step.unit), at: stepAddress(), person, trouble, changed: () => showStep(shown.operation, shown.attempt, verdict("good", "Kept", "The parts are on record")) })
    .then((found) => {
      if (step !== shown) return;
      replace(box, found);
      box.querySelector("#cell")?.focus();
    })
    .catch((error) => error instanceof Silence || replace(box, trouble(error)));
  return box;
}

function pictures() {
  return (step.pictures || []).map((p) => make("figure", {}, make("img", { src: p.url, alt: p.caption || "Picture of the instruction" }), p.caption ? make("figcaption", {}, p.caption) : null));
}

function places(check) {
  const many = check.places || 1;
  return check.per === "pack" || check.per === "sensor" ? [0] : Array.from({ length: many }, (_, k) => k + 1);
}

function checkRow(check, position, draft, taken) {
  const name = `${check.code}/${position}`;
  const label = position ? `${check.name}, ${check.per} ${position}` : check.name;
  const done = step.readings.find((r) => `${r.code}/${r.position}` === name);
  if (taken.has(name)) {
    return make("div", { class: `check ${done.passed ? "pass" : "fail"}` }, make("span", {}, label), make("span", { class: "limits" }, limits(check)), make("strong", {}, `${number(done.value)} ${check.unit === "1" ? "" : check.unit}`), make("strong", { class: "word" }, done.passed ? "PASS" : "FAIL"));
  }
  const word = make("strong", { class: "word" });
  const row = make("div", { class: "check" });
  const input = make("input", {
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": label,
    "data-code": check.code,
    "data-position": position,
    "data-unit": check.unit,
    "data-kind": check.gauge_kind,
    value: draft[name] || "",
    oninput: () => {
      keepDraft();
      judge();
    },
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const inputs = [...place("screen").querySelectorAll(".checks input")];
      const after = inputs[inputs.indexOf(input) + 1] || place("screen").querySelector(".act");
      if (after) after.focus();
    },
  });
  function judge() {
    const value = valueOf(input.value);
    row.className = "check";
    word.textContent = "";
    if (input.value.trim() === "") return;
    if (value === null) {
      row.classList.add("fail");
      word.textContent = "no number";
    } else {
      const passed = within(check, value);
      row.classList.add(passed ? "pass" : "fail");
      word.textContent = passed ? "within" : "OUTSIDE";
    }
  }
  row.append(make("span", {}, label), make("span", { class: "limits" }, limits(check)), input, word);
  judge();
  return row;
}

function valueOf(text) {
  const plain = text.trim().replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

function keepDraft() {
  const draft = {};
  for (const input of place("screen").querySelectorAll(".checks input")) {
    if (input.value.trim()) draft[`${input.dataset.code}/${input.dataset.position}`] = input.value;
  }
  localStorage.setItem(draftKey(), JSON.stringify(draft));
}

function keepGauges() {
  const gauges = JSON.parse(localStorage.getItem(GAUGES) || "{}");
  for (const input of place("screen").querySelectorAll("input.gauge")) gauges[input.dataset.kind] = input.value.trim();
  localStorage.setItem(GAUGES, JSON.stringify(gauges));
}

async function sendReadings(said) {
  keepGauges();
  const gauges = JSON.parse(localStorage.getItem(GAUGES) || "{}");
  const inputs = [...place("screen").querySelectorAll(".checks input")].filter((input) => input.value.trim());
  const wrong = inputs.find((input) => valueOf(input.value) === null);
  if (wrong || !inputs.length) {
    replace(said, refusal({ title: wrong ? `${wrong.getAttribute("aria-label")}: ${wrong.value} is no number` : "Nothing is filled in", detail: "Type a number in the unit that stands beside it." }));
    (wrong || place("screen").querySelector(".checks input")).focus();
    return;
  }
  const readings = inputs.map((input) => ({
    code: input.dataset.code,
    value: valueOf(input.value),
    unit: input.dataset.unit,
    position: Number(input.dataset.position),
    ...(input.dataset.kind === "none" ? {} : { gauge: gauges[input.dataset.kind] || null }),
  }));
  const body = { readings, taken_at: new Date().toISOString(), program_version: VERSION };
  const answer = await send(`${stepAddress()}/readings`, body, `${readings.length} readings of ${step.operation} on ${step.unit}`, said);
  if (answer === null) return;
  localStorage.removeItem(draftKey());
  if (answer === "kept") {
    const units = Object.fromEntries(step.checks.map((c) => [c.code, c]));
    step.readings.push(...readings.map((r) => ({ ...r, passed: within(units[r.code], r.value) })));
    drawStep(verdict("warn", "Kept here", "The server does not answer. The verdict comes when it does."));
    return;
  }
  const failed = answer.failed.length;
  unit = await ask(address(step.unit));
  await showStep(step.operation, step.attempt, failed ? verdict("bad", "FAIL", `${failed} of ${answer.taken} outside the limits: the unit is on hold`) : verdict("good", "PASS", `${answer.taken} readings within their limits`));
}

async function finishStep(said) {
  if (Object.keys(JSON.parse(localStorage.getItem(draftKey()) || "{}")).length) {
    replace(said, refusal({ title: "Readings are typed but not kept", detail: "Keep them first, or clear them." }));
    return;
  }
  const answer = await send(`${stepAddress()}/finish`, {}, `finish of ${step.operation} on ${step.unit}`, said);
  if (answer === null) return;
  if (answer === "kept") {
    draw(unitHead(), verdict("warn", "Kept here", "The step is finished when the server answers again."), back());
    return tellTop();
  }
  unit = await ask(address(step.unit));
  draw(
    unitHead(),
    answer.passed ? verdict("good", "PASS", `${step.title || step.operation} is done`) : verdict("bad", "FAIL", `${step.title || step.operation} did not pass: the unit is on hold`),
    answer.passed && answer.next && answer.next.station_kind === station.kind ? button(`Go on: ${answer.next.title}`, () => showUnit(), "big act") : null,
    answer.passed && answer.next && answer.next.station_kind !== station.kind ? make("p", { class: "next" }, "Next: ", make("strong", {}, answer.next.title), ` at a ${answer.next.station_kind.replaceAll("_", " ")}`) : null,
    back(),
  );
  return tellTop();
}

// Send at once if nothing of this unit waits; else, or if the server is silent, keep it in order.
async function send(path, body, what, said) {
  const item = { path, body, what, unit: step.unit, attendance: person ? person.attendance : "", key: newKey(), at: new Date().toISOString() };
  const before = (await kept()).some((known) => known.unit === step.unit);
  if (!before) {
    try {
      const answer = await tell(path, body, item);
      online = true;
      return answer;
    } catch (error) {
      if (!(error instanceof Silence)) {
        replace(said, trouble(error)); // what was typed stays
        speak("Refused");
        return null;
      }
      online = false;
    }
  }
  await keep(item);
  await tellTop();
  return "kept";
}

function verdict(kind, word, more = "") {
  speak(`${word}. ${more}`);
  return make("div", { class: `verdict ${kind}`, role: "status" }, make("strong", {}, word), more ? make("span", {}, more) : null);
}

// ---- what waits ----------------------------------------------------------------------------

async function showQueue() {
  const waiting = await kept();
  draw(
    make("h1", {}, "Kept here, not yet sent"),
    make("p", {}, "It is sent in this order as soon as the server answers, each once. What the server refused stays until it is settled."),
    waiting.map((item) =>
      make(
        "div",
        { class: "kept" },
        make("strong", {}, item.what),
        make("span", { class: "muted" }, new Date(item.at).toLocaleString()),
        item.refused ? refusal(item.refused) : null,
        item.refused ? button("Try again", () => retry(item.n).then(afterReplay).then(showQueue)) : null,
        item.refused ? button("Give it up", () => giveUp(item), "quiet") : null,
      ),
    ),
    waiting.length ? null : make("p", {}, "Nothing waits."),
    back(),
  );
  tellTop();
}

function giveUp(item) {
  draw(
    make("h1", {}, "Give this up?"),
    make("p", {}, `${item.what}, ${new Date(item.at).toLocaleString()}: it will never be on record. Write it on the traveller if it was done.`),
    make("pre", {}, JSON.stringify(item.body, null, 1)),
    button("Give it up", () => drop(item.n).then(showQueue), "bad big"),
    button("Back", () => showQueue(), "quiet big"),
  );
}

async function afterReplay(accepted) {
  if (accepted.length) online = true;
  await tellTop();
}

// ---- small parts ---------------------------------------------------------------------------

function form(onsubmit, ...children) {
  return make(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        onsubmit();
      },
    },
    ...children,
  );
}

function labelled(text, input) {
  return make("label", {}, make("span", {}, text), input);
}

// A scanner types wherever the focus is; without any, what it types goes to the field for it.
document.addEventListener("keydown", (event) => {
  const field = place("scan");
  if (field && document.activeElement === document.body && event.key.length === 1) field.focus();
});

async function begin() {
  if (!token()) return showSetup();
  try {
    station = await ask("/station");
    online = true;
    localStorage.setItem("packline.station.known", JSON.stringify(station));
    if (!station.attendance || (person && station.attendance.attendance !== person.attendance)) leavePerson();
  } catch (error) {
    if (error instanceof Refusal) {
      forgetToken();
      return showSetup(trouble(error));
    }
    station = JSON.parse(localStorage.getItem("packline.station.known") || "null");
    if (!station) return draw(trouble(error), button("Try again", begin, "big"));
    online = false;
  }
  await replay().then(afterReplay);
  return person ? showScan() : showSignIn();
}

setInterval(async () => {
  if ((await kept()).length || !online) {
    const before = (await kept()).length;
    await afterReplay(await replay());
    if (!before) {
      try {
        await ask("/station");
        online = true;
      } catch (error) {
        if (!(error instanceof Silence)) online = true;
      }
      tellTop();
    }
  }
}, 4000);
window.addEventListener("online", () => replay().then(afterReplay));

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/station/worker.js", { scope: "/station/" }).catch(() => {});

begin();
