/** A guess before the answer: what the block holds is covered until somebody commits, or wants to see it all the same. */
import { judge, readNumber } from "../answers";
import { printing, role } from "../page";
import type { Context, Live } from "./block";
import { explainKeys } from "./help";
import { choicesOf, mark } from "./quiz";
import { Stage, fields } from "./stage";

interface Data {
  readonly answer?: number;
  readonly shown?: string;
  readonly tolerance?: number;
  readonly right?: readonly boolean[];
}

interface State {
  readonly shown: boolean;
  /** The number that was typed. */
  readonly guess: string;
  readonly choice: number | null;
}

export function predict(element: HTMLElement, data: Data, context: Context): Live {
  const ask = element.querySelector<HTMLElement>(".predict-ask")!;
  const [verdict, revealed] = [role(ask, "verdict"), role(element, "revealed")];
  const input = ask.querySelector<HTMLInputElement>('[data-role="answer"]');
  const choices = choicesOf(ask, (index) => {
    if (!stage.state.shown) stage.go({ shown: true, guess: "", choice: index });
  });
  const start: State = { shown: false, guess: "", choice: null };
  explainKeys(ask, [input ? ["Enter", "commit to the number"] : [`A–${"ABCDEF"[choices.length - 1]}`, "choose"]]);
  // Not the whole block: what it reveals may be a block with keys and buttons of its own.
  const stage = new Stage<State>(ask, { start, show, read }, context);
  ask.querySelector('[data-action="step"]')?.addEventListener("click", guess);
  ask.querySelector('[data-action="show"]')!.addEventListener("click", () => stage.go({ ...stage.state, shown: true }));
  input?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") guess();
  });

  function guess(): void {
    const typed = input!.value.trim();
    if (readNumber(typed)) stage.go({ shown: true, guess: typed, choice: null });
    else {
      verdict.dataset["tone"] = "bad";
      verdict.textContent = typed ? `“${typed}” is no number. Type one such as −0.25, 1e-3 or 3/8.` : "Type a number first.";
    }
  }

  function read(saved: unknown): State | null {
    const { shown, guess, choice } = fields(saved) ?? {};
    if (typeof shown !== "boolean" || typeof guess !== "string" || guess.length > 40) return null;
    if (guess !== "" && !(input && readNumber(guess))) return null;
    if (choice !== null && !(Number.isInteger(choice) && choices[choice as number] !== undefined)) return null;
    return { shown, guess, choice: choice as number | null };
  }

  function show(state: State): boolean {
    const covered = !state.shown && !printing;
    element.classList.toggle("covered", covered);
    revealed.inert = covered;
    if (input && input.value.trim() !== state.guess) input.value = state.guess;
    // Where no choice is the right one, none is wrong.
    const judged = choices.some(({ right }) => right);
    choices.forEach((choice, index) => {
      mark(choice, index === state.choice, state.shown, judged);
      choice.button.disabled = state.shown && index !== state.choice;
    });
    for (const button of ask.querySelectorAll<HTMLButtonElement>('[data-action="step"], [data-action="show"]')) button.hidden = state.shown;
    tell(state, judged);
    return true;
  }

  function tell({ shown, guess, choice }: State, judged: boolean): void {
    const typed = guess ? readNumber(guess) : null;
    verdict.dataset["tone"] = "";
    verdict.textContent = "";
    if (!shown) return;
    if (typed && data.answer !== undefined) {
      const found = judge(typed, { right: data.answer, tolerance: data.tolerance!, wrong: [] });
      verdict.dataset["tone"] = found.state === "right" ? "good" : "bad";
      const words = found.state === "right" ? "Well guessed" : found.larger ? "Too large" : "Too small";
      verdict.textContent = `${words}: you said ${guess.replace(/^-/, "−")}, it is ${data.shown}.`;
    } else if (choice !== null && judged) {
      verdict.dataset["tone"] = choices[choice]!.right ? "good" : "bad";
      verdict.textContent = choices[choice]!.right ? "Well guessed." : "It is not that one.";
    } else if (data.shown !== undefined) verdict.textContent = `It is ${data.shown}.`;
  }

  return { show: async () => {}, hide: () => {}, follow: (other) => stage.follow(other) };
}
