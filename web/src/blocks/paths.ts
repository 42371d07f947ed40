/**
 * The paths from a number to the loss: each is lit, multiplied along, and at the end they are summed. All numbers were
 * worked out when the deck was built; here they are only shown one after another.
 */
import { role } from "../page";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Stage, fields, isWriting } from "./stage";
import { STEPPING_KEYS, Stepping, asStep } from "./stepping";

interface Data {
  readonly paths: number;
  /** What is said before the first path, of each path, and of the sum. */
  readonly words: readonly string[];
}

/** How many paths are told, the sum being one more, and the path that was picked by hand. */
interface State {
  readonly step: number;
  readonly picked: number | null;
}

export function paths(element: HTMLElement, data: Data, context: Context): Live {
  const digits = new Digits(element);
  const routes = [...element.querySelectorAll<Element>("[data-paths]")].map((part) => ({
    part,
    on: part.getAttribute("data-paths")!.split(" ").map(Number),
  }));
  const rows = [...element.querySelectorAll<HTMLElement>(".chain-row")];
  const names = [...element.querySelectorAll<HTMLButtonElement>(".row-name[data-path]")];
  const verdict = role(element, "verdict");
  const last = data.paths + 1;

  for (const number of element.querySelectorAll<HTMLElement>("[data-number]")) digits.write(number, Number(number.dataset["number"]), ".4g");
  explainKeys(element, [...STEPPING_KEYS, [data.paths > 1 ? `1 – ${data.paths}` : "1", "show one path"]]);
  const stepping = new Stepping(
    element,
    last,
    () => stage.state.step,
    (by) =>
      stage.step(async (state) => {
        const step = by(state.step);
        return step === null ? null : { state: { step, picked: null }, words: "" };
      }),
  );
  const stage = new Stage<State>(element, { start: { step: last, picked: null }, show, read }, context);
  names.forEach((name, path) => name.addEventListener("click", () => pick(path)));
  for (const { part, on } of routes) {
    // An edge of several paths shows them by turns.
    part.addEventListener("click", () => {
      const path = on[(on.indexOf(stage.state.picked ?? -1) + 1) % on.length]!;
      names[path]!.focus({ preventScroll: true }); // a drawing takes no keys: they go to the path's button
      pick(path);
    });
  }
  element.addEventListener("keydown", (event) => {
    const path = Number(event.key) - 1;
    if (!(path >= 0 && path < data.paths) || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    event.preventDefault();
    pick(path);
  });

  /** Show one path; the same once more, and all are as before. */
  function pick(path: number): void {
    const { step, picked } = stage.state;
    stage.settle();
    stage.go(picked === path ? { step, picked: null } : { step: Math.max(step, path + 1), picked: path });
  }

  function read(saved: unknown): State | null {
    const { step, picked } = fields(saved) ?? {};
    const number = asStep(step, last);
    const path = picked === null ? null : asStep(picked, data.paths - 1);
    if (number === null || (path === null && picked !== null)) return null;
    return { step: number, picked: path };
  }

  function show({ step, picked }: State): boolean {
    const lit = picked ?? (step >= 1 && step <= data.paths ? step - 1 : null);
    for (const { part, on } of routes) {
      part.classList.toggle("is-future", !on.some((path) => path < step));
      part.classList.toggle("is-now", lit !== null && on.includes(lit));
      part.classList.toggle("is-aside", lit !== null && !on.includes(lit));
    }
    rows.forEach((row, path) => {
      row.classList.toggle("is-future", path >= step);
      row.classList.toggle("is-now", path === lit);
    });
    names.forEach((name, path) => name.setAttribute("aria-pressed", String(path === picked)));
    stepping.tell(step);
    verdict.textContent = data.words[picked === null ? step : picked + 1]!;
    return true;
  }

  return { show: async () => {}, hide: () => stepping.runner.pause(), follow: (other) => stage.follow(other) };
}
