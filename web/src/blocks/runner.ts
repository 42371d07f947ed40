/**
 * Steps that follow one another by themselves until there is nothing more to do, or somebody pauses: the button `run`,
 * and the key P. Under reduced motion they come slower, not smoother.
 */
import { isWriting } from "./stage";

/** Milliseconds between two steps. */
const PAUSE = 350;

export class Runner {
  readonly #button: HTMLButtonElement | null;
  #timer = 0;

  /** `step` tells whether the run goes on after it. */
  constructor(
    readonly element: HTMLElement,
    readonly step: () => Promise<boolean>,
  ) {
    this.#button = element.querySelector<HTMLButtonElement>('[data-action="run"]');
    this.#button?.addEventListener("click", () => this.toggle());
    element.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
      event.preventDefault();
      this.toggle();
    });
    // Whatever else is done to the block by hand ends the run.
    element.addEventListener("pointerdown", (event) => {
      if (!(event.target instanceof Element) || !event.target.closest('[data-action="run"]')) this.pause();
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
    this.#timer = window.setTimeout(() => void this.#go(), PAUSE);
    this.#tell();
    if (!(await this.step())) this.pause();
  }

  #tell(): void {
    this.#button?.setAttribute("aria-pressed", String(this.running));
    this.#button?.setAttribute("aria-label", this.running ? "Pause" : "Run");
  }
}
