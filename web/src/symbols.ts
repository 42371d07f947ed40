/**
 * Declared symbols explain themselves: on hover, on a tap, and from the keyboard. For that a slide has one button, out of
 * sight until it has the focus, whose arrows go from symbol to symbol: a formula is one thing to assistive technology,
 * and nothing in it may take the focus.
 */
import type { RevealApi } from "reveal.js";

const SYMBOL = "[data-symbol]";
/** What explains itself already, or is clicked for another reason. */
const EXEMPT = ".notation, .symbol-box, a, button, label";
/** How long an explanation stays when the pointer leaves, so that it can be reached and read. */
const LINGER = 250;

export class Symbols {
  readonly #texts = document.getElementById(":notation");
  readonly #box = document.createElement("div");
  readonly #key = document.createElement("button");
  readonly #spoken = document.createElement("p");
  #shown: Element | null = null;
  #pinned = false;
  #leaving = 0;

  constructor(readonly deck: RevealApi) {
    if (!this.#texts) return;
    this.#box.className = "symbol-box";
    this.#box.hidden = true;
    this.#key.type = "button";
    this.#key.className = "symbol-key";
    this.#key.hidden = true;
    this.#key.textContent = "Symbols on this slide: go through them with the arrow keys";
    this.#spoken.className = "symbol-key";
    this.#spoken.setAttribute("aria-live", "polite");
    document.querySelector(".reveal")!.prepend(this.#key, this.#spoken, this.#box);
    this.#key.addEventListener("focus", () => this.#key.matches(":focus-visible") && this.#go(0));
    this.#key.addEventListener("blur", () => this.hide());
    document.addEventListener("pointerover", (event) => this.#over(event));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
    addEventListener("resize", () => this.hide());
  }

  /** The slide has changed, or what is visible on it. */
  refresh(): void {
    if (!this.#texts) return;
    if (this.#shown && (!visible(this.#shown) || !this.deck.getCurrentSlide().contains(this.#shown))) this.hide();
    this.#key.hidden = this.#stops().length === 0;
  }

  hide(): void {
    this.#box.hidden = true;
    this.#shown?.removeAttribute("data-explained");
    this.#shown = null;
    this.#pinned = false;
  }

  #show(symbol: Element, pinned: boolean): void {
    const text = this.#texts!.querySelector(`[data-entry="${Number(symbol.getAttribute("data-symbol"))}"]`);
    if (!text) return;
    this.hide();
    this.#box.replaceChildren(...[...text.childNodes].map((node) => node.cloneNode(true)));
    this.#box.hidden = false;
    this.#shown = symbol;
    this.#pinned = pinned;
    symbol.setAttribute("data-explained", "");
    this.#place(symbol);
  }

  /** Below the symbol where there is room, else above it; never off the page. */
  #place(symbol: Element): void {
    const box = this.#box;
    box.style.setProperty("--scale", String(this.deck.getScale()));
    const at = symbol.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    const left = Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8);
    const top = at.bottom + 10 + height > innerHeight - 8 ? at.top - height - 10 : at.bottom + 10;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${Math.max(8, top)}px`;
  }

  #over(event: PointerEvent): void {
    clearTimeout(this.#leaving);
    if (event.pointerType !== "mouse" || this.#pinned) return;
    const symbol = symbolAt(event.target);
    if (symbol && symbol !== this.#shown) this.#show(symbol, false);
    else if (!symbol && this.#shown && !this.#box.contains(event.target as Node)) {
      this.#leaving = window.setTimeout(() => this.#pinned || this.hide(), LINGER);
    }
  }

  #clicked(event: MouseEvent): void {
    if (this.#box.contains(event.target as Node)) return;
    const symbol = symbolAt(event.target);
    if (symbol && !(symbol === this.#shown && this.#pinned)) this.#show(symbol, true);
    else this.hide();
  }

  #pressed(event: KeyboardEvent): void {
    const mine = event.target === this.#key;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && (mine || this.#shown)) {
      this.hide();
      this.#key.blur();
    } else if (mine && step) this.#go(step);
    else if (mine && (event.key === "Enter" || event.key === " ")) this.#shown ? this.hide() : this.#go(0);
    else return; // Tab goes on, and a clicker's keys turn the slide
    event.preventDefault();
    event.stopImmediatePropagation(); // Escape is not for the overview, and arrows are not for the slides
  }

  /** On to the next symbol of the slide, or back, and round; 0 is where we are, or the first. */
  #go(step: number): void {
    const stops = this.#stops();
    const number = this.#shown?.getAttribute("data-symbol");
    const here = stops.findIndex((stop) => stop.getAttribute("data-symbol") === number);
    const stop = stops[here < 0 ? 0 : (here + step + stops.length) % stops.length];
    if (!stop) return;
    this.#show(stop, true);
    this.#spoken.textContent = this.#box.innerText;
  }

  /** The first visible place of each symbol on the current slide. */
  #stops(): Element[] {
    const stops = new Map<string, Element>();
    for (const symbol of this.deck.getCurrentSlide().querySelectorAll(SYMBOL)) {
      const number = symbol.getAttribute("data-symbol")!;
      if (!stops.has(number) && visible(symbol) && !symbol.closest(EXEMPT)) stops.set(number, symbol);
    }
    return [...stops.values()];
  }
}

function symbolAt(target: EventTarget | null): Element | null {
  const symbol = target instanceof Element ? target.closest(SYMBOL) : null;
  return symbol?.closest(EXEMPT) ? null : symbol;
}

function visible(element: Element): boolean {
  return element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
}
