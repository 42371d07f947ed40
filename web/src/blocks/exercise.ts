/** An exercise: numbers that are typed, checked, and told what went wrong. */
import { type Judged, type Wrong, judge, readNumber } from "../answers";
import { role } from "../page";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { fitFormulas } from "./fit";
import { explainKeys } from "./help";
import { Stage, fields } from "./stage";

interface Question {
  readonly right: number;
  readonly tolerance: number;
  readonly absorbed: boolean;
  readonly wrong: readonly Wrong[];
}

/** A number of the model, what is said when it is given, and what when its negative is. */
type Other = readonly [value: number, message: number, turned: number | null];

interface Data {
  readonly sets: readonly {
    readonly given: readonly number[];
    readonly asked: readonly Question[];
    readonly others: readonly Other[];
  }[];
  /** For each question, what is said of a wrong sign once the convention is switched. */
  readonly switched: readonly number[];
  readonly format: string;
}

interface State {
  /** Which set of numbers. */
  readonly set: number;
  readonly answers: readonly string[];
  /** How many hints have been told. */
  readonly hints: number;
  readonly solved: boolean;
  /** Whether signs are those of the other convention. */
  readonly switched: boolean;
  /** What is told: about an answer, the last hint, a solution, how far one has come, or what to do. */
  readonly told: readonly ["answer" | "solution", number] | readonly ["hint" | "check" | "start"];
}

const OTHER = 2;
/** A sign and a word for each verdict: where there is no room for the word, the sign stays. */
const WORDS = { right: ["✓", "right"], close: ["≈", "close"], wrong: ["✗", "not yet"], unread: ["?", "no number"] };

export function exercise(element: HTMLElement, data: Data, context: Context): Live {
  const all = <T extends Element = HTMLElement>(selector: string): T[] => [...element.querySelectorAll<T>(selector)];
  const questions = all('[data-role="question"]');
  const inputs = questions.map((question) => role<HTMLInputElement>(question, "answer"));
  const [voice, progress] = [role(element, "verdict"), role(element, "progress")];
  const [messages, hints, solutions] = ["messages", "hints", "solutions"].map((name) => [
    ...role(element, name).children,
  ]) as [Element[], Element[], Element[]];
  const hint = element.querySelector<HTMLButtonElement>('[data-action="hint"]')!;
  const instruction = [...voice.childNodes];
  const digits = new Digits(element);
  const start: State = { set: 0, answers: inputs.map(() => ""), hints: 0, solved: false, switched: false, told: ["start"] };

  explainKeys(element, [["Enter", "check this number"], ["Tab", "on to the next one"]]);
  const stage = new Stage<State>(element, { start, show, read }, context);
  inputs.forEach((input, index) => {
    input.addEventListener("change", () => take(index));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") take(index);
    });
    input.addEventListener("focus", () => {
      if (stage.state.solved) tell({ ...stage.state, told: ["solution", index] });
    });
  });
  on("step", check);
  on("hint", help);
  on("variant", () => stage.go({ ...start, set: (stage.state.set + 1) % data.sets.length, switched: stage.state.switched }));
  for (const choice of all("[data-sign]")) {
    choice.addEventListener("click", () => {
      const switched = choice.dataset["sign"] === "1";
      if (switched !== stage.state.switched) stage.go({ ...stage.state, switched });
    });
  }

  function on(action: string, work: () => void): void {
    element.querySelector(`[data-action="${action}"]`)?.addEventListener("click", work);
  }

  /** Take what stands in a field. */
  function take(index: number): void {
    const answer = inputs[index]!.value.trim();
    const { answers } = stage.state;
    if (answer === answers[index] && (answer === "" || !differs(["answer", index]))) return;
    stage.go({ ...stage.state, answers: answers.with(index, answer), told: answer ? ["answer", index] : ["start"] });
  }

  function differs(told: State["told"]): boolean {
    return told.join() !== stage.state.told.join();
  }

  /** Go to the first answer that is not right, or say how far one has come. */
  function check(): void {
    const answers = inputs.map((input) => input.value.trim());
    const state = { ...stage.state, answers };
    const wrong = answers.findIndex((answer, index) => answer !== "" && judged(state, index)?.state !== "right");
    stage.go({ ...state, told: wrong >= 0 ? ["answer", wrong] : ["check"] });
  }

  function help(): void {
    const { state } = stage;
    if (state.hints < hints.length) stage.go({ ...state, hints: state.hints + 1, told: ["hint"] });
    else stage.go({ ...state, solved: true, told: ["solution", firstOpen(state)] });
  }

  /** The first question without a right answer. */
  function firstOpen(state: State): number {
    return Math.max(0, inputs.findIndex((_, index) => judged(state, index)?.state !== "right"));
  }

  /** The sign that answers have: −1 where the learner works in the other convention than the author. */
  function sign(state: State, index: number): number {
    const convention = questions[index]!.querySelector('[data-role="sign"]');
    return state.switched && convention ? -1 : 1;
  }

  /** What to say of an answer; undefined for no answer, and null for one that is no number. */
  function judged(state: State, index: number): Judged | null | undefined {
    const answer = state.answers[index]!;
    if (answer === "") return undefined;
    const typed = readNumber(answer);
    if (typed === null) return null;
    const { asked, others } = data.sets[state.set]!;
    const turn = sign(state, index);
    const question = asked[index]!;
    const absorbed = question.absorbed !== turn < 0;
    const names = others.map(([value, message, turned]): Wrong => {
      const negative = absorbed && turned !== null;
      return [negative ? -value * turn : value * turn, negative ? turned : message, OTHER];
    });
    return judge({ ...typed, value: typed.value * turn }, question, names);
  }

  function read(saved: unknown): State | null {
    const found = fields(saved);
    if (!found) return null;
    const { set, answers, hints: count, solved, switched, told } = found;
    const whole = (value: unknown, end: number): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
    if (!whole(set, data.sets.length) || !whole(count, hints.length + 1)) return null;
    if (typeof solved !== "boolean" || typeof switched !== "boolean" || !Array.isArray(told)) return null;
    if (!Array.isArray(answers) || answers.length !== inputs.length) return null;
    if (!answers.every((answer) => typeof answer === "string" && answer.length <= 40)) return null;
    const [what, index] = told as unknown[];
    const fits = what === "answer" || what === "solution" ? whole(index, inputs.length) : what === "start" || what === "check" || (what === "hint" && count > 0);
    return fits ? { set, answers, hints: count, solved, switched, told: told as unknown as State["told"] } : null;
  }

  function show(state: State): boolean {
    const { given, asked } = data.sets[state.set]!;
    all('[data-role="given"]').forEach((place, index) => digits.write(place, given[index]!, null));
    let right = 0;
    questions.forEach((question, index) => {
      const found = judged(state, index);
      const verdict = found === undefined ? "" : found === null ? "unread" : found.state;
      if (verdict === "right") right++;
      question.dataset["state"] = verdict;
      if (inputs[index]!.value.trim() !== state.answers[index]) inputs[index]!.value = state.answers[index]!;
      if (found === undefined || verdict === "right") inputs[index]!.removeAttribute("aria-invalid");
      else inputs[index]!.setAttribute("aria-invalid", "true");
      role(question, "mark").replaceChildren(...(verdict === "" ? [] : WORDS[verdict].map(word)));
      digits.write(role(question, "worked"), asked[index]!.right * sign(state, index), data.format);
      question.querySelectorAll<HTMLElement>('[data-role="sign"]').forEach((formula, place) => (formula.hidden = (place === 1) !== state.switched));
    });
    element.classList.toggle("solved", state.solved);
    for (const choice of all("[data-sign]")) choice.setAttribute("aria-checked", String((choice.dataset["sign"] === "1") === state.switched));
    progress.textContent = `${right} of ${inputs.length} right`;
    const left = hints.length - state.hints;
    hint.textContent = left > 0 ? (hints.length > 1 ? `Hint ${state.hints + 1} of ${hints.length}` : "Hint") : "Solution";
    hint.disabled = state.solved;
    tell(state);
    return true;
  }

  /** Say what the state is about. */
  function tell(state: State): void {
    const [what, index] = state.told;
    voice.dataset["tone"] = "";
    switch (what) {
      case "answer":
        return say(about(state, index), index);
      case "solution":
        say([clone(solutions[state.set]!.children[index]!)]);
        return fitFormulas(voice);
      case "hint":
        return say([line(`Hint ${state.hints} of ${hints.length}`, "voice-title"), ...[...hints[state.hints - 1]!.childNodes].map(clone)]);
      case "check":
        return say([line(summary(state))]);
      case "start":
        return say(instruction.map(clone));
    }
  }

  function summary(state: State): string {
    const open = state.answers.filter((answer) => answer === "").length;
    if (open === 0) return inputs.length > 1 ? `All ${inputs.length} are right.` : "That is right.";
    if (open === inputs.length) return "Nothing is typed yet.";
    return `Right so far. ${open} ${open === 1 ? "is" : "are"} left.`;
  }

  /** What there is to say of one answer. */
  function about(state: State, index: number): Node[] {
    const found = judged(state, index);
    if (found === undefined) return instruction.map(clone);
    if (found === null) return [line(`“${state.answers[index]}” is no number. Type one such as −0.25, 1e-3 or 3/8.`)];
    voice.dataset["tone"] = found.state === "right" ? "good" : "bad";
    if (found.state === "right") return [line("Right.")];
    if (found.short) return [line("Right as far as it goes. Type more digits.")];
    const told = found.messages.map((message) => clone(messages[signed(state, index, message)]!));
    if (found.turned) told.unshift(line("Two things. The sign is the wrong way round, and:"));
    if (told.length === 0) {
      if (found.state === "close") return [line("Close, but not near enough. Keep more digits on the way.")];
      const larger = found.larger !== sign(state, index) < 0;
      return [line(`Not yet: the number is too ${larger ? "large" : "small"}.`)];
    }
    const joined: Node[] = [];
    told.forEach((one, place) => joined.push(...(place > (found.turned ? 1 : 0) ? [line("Or:", "or")] : []), one));
    return joined;
  }

  /** The message about a wrong sign is another one in the other convention. */
  function signed(state: State, index: number, message: number): number {
    const own = data.sets[state.set]!.asked[index]!.wrong.find(([, , rank]) => rank === 0)?.[1];
    return sign(state, index) < 0 && message === own ? data.switched[index]! : message;
  }

  function say(nodes: Node[], index?: number): void {
    if (index !== undefined) {
      const name = document.createElement("p");
      name.className = "voice-title";
      name.append(...[...role(questions[index]!, "label").childNodes].map(clone));
      nodes = [name, ...nodes];
    }
    voice.replaceChildren(...nodes);
  }

  return { show: async () => {}, hide: () => {}, follow: (other) => stage.follow(other) };
}

const clone = (node: Node): Node => node.cloneNode(true);

function word(text: string): HTMLElement {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

function line(text: string, name = ""): HTMLElement {
  const paragraph = document.createElement("p");
  paragraph.className = name;
  paragraph.textContent = text;
  return paragraph;
}
