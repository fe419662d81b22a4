// Building what is on the screen. Text is always text: nothing that comes in is read as markup.

export function make(name, attributes = {}, ...children) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) found.addEventListener(key.slice(2), value);
    else if (key === "value") found.value = value;
    else found.setAttribute(key, value === true ? "" : value);
  }
  found.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return found;
}

export const button = (text, onclick, kind = "") =>
  make("button", { type: "button", class: kind, onclick }, text);

export function replace(place, ...children) {
  place.replaceChildren(...children.flat().filter((child) => child));
}

export function limits(check) {
  const low = check.low === null ? "" : `${number(check.low)} `;
  const high = check.high === null ? "" : ` ${number(check.high)}`;
  if (check.low !== null && check.low === check.high) {
    return `exactly ${number(check.low)}${check.unit === "1" ? "" : " " + check.unit}`;
  }
  const span = check.low === null ? `at most${high}` : check.high === null ? `at least ${low.trim()}` : `${low.trim()} to${high}`;
  return `${span}${check.unit === "1" ? "" : " " + check.unit}`;
}

export const number = (value) => Number(value.toPrecision(6)).toString();

export function within(check, value) {
  return (check.low === null || value >= check.low) && (check.high === null || value <= check.high);
}

export function refusal(problem) {
  const blockers = problem.blockers || [];
  const faults = problem.errors || problem.faults || [];
  return make(
    "div",
    { class: "refusal", role: "alert" },
    make("strong", {}, problem.title || "Refused"),
    blockers.length || faults.length ? null : make("p", {}, problem.detail || ""),
    blockers.length
      ? make(
          "ul",
          {},
          blockers.map((b) =>
            make(
              "li",
              {},
              make("strong", {}, b.record),
              `: ${b.reason}`,
              make("span", { class: "clears" }, `Cleared by ${b.clears}.`),
            ),
          ),
        )
      : null,
    faults.length
      ? make(
          "ul",
          {},
          faults.map((f) =>
            make(
              "li",
              {},
              make("strong", {}, f.field),
              `: ${f.value ? f.value + " " : ""}${f.message}${f.allowed ? `; allowed: ${f.allowed}` : ""}`,
            ),
          ),
        )
      : null,
  );
}
