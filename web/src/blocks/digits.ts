/** Numbers of a live block: in the author's format, and with all their digits on demand (the key D, or the button). */
import { formatNumber } from "../format";
import { isWriting } from "./stage";

/** What stands where there is no number. */
const NONE = "none";

export class Digits {
  #all = false;
  readonly #shown = new Map<HTMLElement, readonly [number, string | null]>();

  constructor(element: HTMLElement) {
    const button = element.querySelector<HTMLButtonElement>('[data-action="digits"]');
    const toggle = (): void => {
      this.#all = !this.#all;
      button?.setAttribute("aria-pressed", String(this.#all));
      element.classList.toggle("all-digits", this.#all);
      for (const [place, [value, format]] of this.#shown) this.write(place, value, format);
    };
    button?.addEventListener("click", toggle);
    element.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "d" || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
      event.preventDefault();
      toggle();
    });
  }

  /** Write a number at its place; one that is not finite is "none". */
  write(place: HTMLElement, value: number, format: string | null): void {
    this.#shown.set(place, [value, format]);
    const known = Number.isFinite(value);
    place.textContent = !known ? NONE : this.#all ? String(value).replace("-", "−") : formatNumber(value, format);
    place.title = known ? String(value) : "";
  }
}
