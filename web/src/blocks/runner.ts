/**
 * Steps that follow one another by themselves until there is nothing more to do, or somebody pauses: the button `run`,
 * and the key P. A button `speed` goes through the speeds.
 */
import { isWriting } from "./stage";

/** Milliseconds between two steps, unless a block takes more time for each. */
const PAUSE = 350;

/** How many times as fast, in the order of the button. */
const SPEEDS = [1, 2, 4, 0.5];

export class Runner {
  readonly #button: HTMLButtonElement | null;
  #timer = 0;
  #speed = 0;

  /** `step` tells whether the run goes on after it. */
  constructor(
    readonly element: HTMLElement,
    readonly step: () => Promise<boolean>,
    readonly pauseBetween = PAUSE,
  ) {
    this.#button = element.querySelector<HTMLButtonElement>('[data-action="run"]');
    this.#button?.addEventListener("click", () => this.toggle());
    const speed = element.querySelector<HTMLButtonElement>('[data-action="speed"]');
    speed?.addEventListener("click", () => {
      this.#speed = (this.#speed + 1) % SPEEDS.length;
      const factor = SPEEDS[this.#speed]!;
      speed.textContent = factor < 1 ? "½×" : `${factor}×`;
    });
    element.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
      event.preventDefault();
      this.toggle();
    });
    // Whatever else is done to the block by hand ends the run.
    element.addEventListener("pointerdown", (event) => {
      const own = event.target instanceof Element && event.target.closest('[data-action="run"], [data-action="speed"]');
      if (!own) this.pause();
    });
  }

  get running(): boolean {
    return this.#timer !== 0;
  }

  toggle(): void {
    if (this.running) this.pause();
    else void this.#go();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#tell();
  }

  async #go(): Promise<void> {
    this.#timer = window.setTimeout(() => void this.#go(), this.pauseBetween / SPEEDS[this.#speed]!);
    this.#tell();
    if (!(await this.step())) this.pause();
  }

  #tell(): void {
    this.#button?.setAttribute("aria-pressed", String(this.running));
    this.#button?.setAttribute("aria-label", this.running ? "Pause" : "Run");
  }
}
