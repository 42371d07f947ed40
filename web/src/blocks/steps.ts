/**
 * The substeps of a walk, which are fragments of the deck: so keys, clicks, links and the speaker view all step alike.
 *
 * Parts of the template say from which substep on they are known (`data-from`), or at which one they stand there
 * (`data-only`). The buttons back, step, jump, run and reset of `walk_bar` come for free, and so do their keys.
 */
import { button, role } from "../page";
import type { Context } from "./block";
import type { Keys } from "./help";
import { Runner } from "./runner";
import { isWriting } from "./stage";

/** A substep is read before the next one comes: milliseconds. */
const READING = 1600;

export const STEP_KEYS: Keys = [
  ["← →", "one substep back, or on"],
  ["F, B", "to the end of the forward, or the backward pass"],
  ["Home, End", "to the beginning, or the end"],
  ["P", "run, or pause"],
];

export class Steps {
  at: number;
  readonly #marks: Element[];
  readonly #appearing: NodeListOf<Element>;
  readonly #alternating: NodeListOf<HTMLElement>;

  /** `paint` shows what only the block itself can, whenever another substep is reached. */
  constructor(
    readonly element: HTMLElement,
    readonly count: number,
    readonly context: Context,
    readonly paint: () => void,
  ) {
    this.at = count;
    this.#marks = [...element.querySelectorAll(".substep-mark")];
    this.#appearing = element.querySelectorAll("[data-from]");
    this.#alternating = element.querySelectorAll<HTMLElement>("[data-only]");
    button(element, "step").addEventListener("click", () => this.go(Math.min(this.at + 1, count)));
    button(element, "back").addEventListener("click", () => this.go(Math.max(this.at - 1, 0)));
    button(element, "reset").addEventListener("click", () => this.go(0));
    for (const jump of this.#jumps()) jump.addEventListener("click", () => this.go(Number(jump.dataset["to"])));
    element.addEventListener("keydown", (event) => this.#onKey(event));
    new Runner(element, () => this.#run(), READING);
  }

  /** The deck's fragments have changed: show the substep that they stand for. */
  stepped(): void {
    this.at = this.#marks.filter((mark) => mark.classList.contains("visible")).length;
    for (const part of this.#appearing) {
      const from = Number(part.getAttribute("data-from"));
      part.classList.toggle("is-future", from > this.at);
      part.classList.toggle("is-now", from === this.at && this.at > 0);
    }
    for (const part of this.#alternating) part.hidden = Number(part.dataset["only"]) !== this.at;
    role(this.element, "progress").textContent = String(this.at);
    // Not disabled in earnest: a button that has the focus would lose it, and the keys would go to the deck.
    button(this.element, "back").setAttribute("aria-disabled", String(this.at === 0));
    button(this.element, "step").setAttribute("aria-disabled", String(this.at === this.count));
    for (const jump of this.#jumps()) jump.setAttribute("aria-pressed", String(Number(jump.dataset["to"]) === this.at));
    this.paint();
  }

  /** Go to a substep by as many fragments. */
  go(to: number): void {
    for (let steps = Math.abs(to - this.at); steps > 0; steps--) to > this.at ? this.context.next() : this.context.prev();
  }

  /** One substep of a run; at the end it begins anew. */
  #run(): Promise<boolean> {
    if (this.at === this.count) this.go(0);
    else this.context.next();
    return Promise.resolve(this.at < this.count);
  }

  #jumps(): NodeListOf<HTMLElement> {
    return this.element.querySelectorAll<HTMLElement>('[data-action="jump"]');
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const [forward, backward] = [...this.#jumps()].map((jump) => Number(jump.dataset["to"]));
    if (event.key === "ArrowRight") this.go(Math.min(this.at + 1, this.count));
    else if (event.key === "ArrowLeft") this.go(Math.max(this.at - 1, 0));
    else if (event.key === "Home" || event.key.toLowerCase() === "r") this.go(0);
    else if (event.key === "End") this.go(this.count);
    else if (event.key.toLowerCase() === "f") this.go(forward!);
    else if (event.key.toLowerCase() === "b") this.go(backward!);
    else return;
    event.preventDefault();
  }
}
