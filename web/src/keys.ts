/**
 * Who gets a key: inside a live block it is the block's, so arrows move a slider and never the deck. A clicker's
 * PageUp and PageDown always turn the slide, and Escape gives the keys back to the deck.
 */
import type { RevealApi } from "reveal.js";

export const insideBlock = (target: EventTarget | null): Element | null =>
  target instanceof Element ? target.closest("[data-block], .problems") : null;

export function guardKeys(deck: RevealApi): void {
  document.addEventListener(
    "keydown",
    (event) => {
      if (!insideBlock(event.target)) return;
      if (event.key === "PageDown") deck.next();
      else if (event.key === "PageUp") deck.prev();
      else if (event.key === "Escape") (event.target as HTMLElement).blur();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}
