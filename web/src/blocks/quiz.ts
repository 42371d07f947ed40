/** A question with choices, each of which answers back. */
import { role } from "../page";
import type { Context, Live } from "./block";
import { explainKeys } from "./help";
import { Stage, fields } from "./stage";

interface State {
  /** What was chosen, in this order. */
  readonly chosen: readonly number[];
}

export function quiz(element: HTMLElement, _: unknown, context: Context): Live {
  const choices = choicesOf(element, (index) => choose(index));
  const rights = choices.filter(({ right }) => right).length;
  const verdict = role(element, "verdict");
  const start: State = { chosen: [] };
  explainKeys(element, [[`A–${"ABCDEF"[choices.length - 1]}`, "choose"]]);
  const stage = new Stage<State>(element, { start, show, read }, context);

  function choose(index: number): void {
    const { chosen } = stage.state;
    if (!chosen.includes(index)) stage.go({ chosen: [...chosen, index] });
  }

  function read(saved: unknown): State | null {
    const chosen = fields(saved)?.["chosen"];
    if (!Array.isArray(chosen) || new Set(chosen).size !== chosen.length) return null;
    return chosen.every((index) => choices[index as number] !== undefined && Number.isInteger(index)) ? { chosen } : null;
  }

  function show({ chosen }: State): boolean {
    choices.forEach((choice, index) => mark(choice, chosen.includes(index)));
    const found = chosen.filter((index) => choices[index]!.right).length;
    const last = choices[chosen.at(-1) ?? -1];
    verdict.dataset["tone"] = last ? (last.right ? "good" : "bad") : "";
    if (!last) verdict.textContent = rights > 1 ? `${rights} of these are right.` : "";
    else if (found === rights) verdict.textContent = last.right ? "Right." : "That one is not, but all that are right are found.";
    else if (last.right) verdict.textContent = `Right: ${found} of ${rights} found.`;
    else verdict.textContent = "Not this one. Try again.";
    return true;
  }

  return { show: async () => {}, hide: () => {}, follow: (other) => stage.follow(other) };
}

export interface Choice {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly right: boolean;
}

/** The choices of a block; they are chosen by a click, a touch, or their letter. */
export function choicesOf(element: HTMLElement, choose: (index: number) => void): Choice[] {
  const choices = [...element.querySelectorAll<HTMLElement>('.choices > [data-role="choice"]')].map((item) => ({
    element: item,
    button: item.querySelector("button")!,
    right: item.hasAttribute("data-right"),
  }));
  choices.forEach(({ button }, index) => button.addEventListener("click", () => choose(index)));
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    const index = "abcdef".indexOf(event.key.toLowerCase());
    if (index < 0 || index >= choices.length) return;
    event.preventDefault();
    choose(index);
  });
  return choices;
}

/** Show a choice as chosen, or as not yet; `known` also tells of one that nobody chose. */
export function mark({ element, button, right }: Choice, chosen: boolean, known = false, judged = true): void {
  button.setAttribute("aria-pressed", String(chosen));
  element.dataset["state"] = chosen && judged ? (right ? "right" : "wrong") : chosen ? "chosen" : known && right ? "known" : "";
  const words = { right: "✓ right", wrong: "✗ no", chosen: "your choice", known: "✓ right", "": "" };
  role(element, "mark").textContent = words[element.dataset["state"] as keyof typeof words];
}
