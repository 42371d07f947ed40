/**
 * A block that tells its story in so many steps: the buttons Step and Back with the keys S and B, and Run. Untouched it
 * shows the end; from there Step begins anew.
 */
import { button } from "../page";
import type { Keys } from "./help";
import { Runner } from "./runner";
import { isWriting } from "./stage";

export const STEPPING_KEYS: Keys = [
  ["S", "step; from the end, begin anew"],
  ["B", "one step back"],
  ["P", "run, or pause"],
];

export class Stepping {
  readonly runner: Runner;
  readonly #back: HTMLButtonElement;

  constructor(
    element: HTMLElement,
    readonly last: number,
    readonly at: () => number,
    /** Go from the step that is shown to another, or nowhere: presses may come faster than answers. */
    readonly go: (by: (step: number) => number | null) => Promise<boolean>,
  ) {
    this.#back = button(element, "back");
    this.#back.addEventListener("click", () => this.back());
    button(element, "step").addEventListener("click", () => void this.forward());
    this.runner = new Runner(element, async () => (await this.forward()) && this.at() < last);
    element.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === "s") void this.forward();
      else if (key === "b") this.back();
      else return;
      event.preventDefault();
    });
  }

  forward(): Promise<boolean> {
    return this.go((step) => (step < this.last ? step + 1 : 1));
  }

  back(): void {
    void this.go((step) => (step > 0 ? step - 1 : null));
  }

  /** To be called whenever a step is shown. */
  tell(step: number): void {
    this.#back.disabled = step === 0;
  }
}

/** A step from outside, or null. */
export function asStep(value: unknown, last: number): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= last ? value : null;
}
