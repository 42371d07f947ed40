/**
 * Auto-animate: what two neighbouring slides share glides from its old place to its new one, the rest appears.
 *
 * reveal.js brings an auto-animate of its own, but that writes style sheets on the way, which a page with a strict
 * Content Security Policy refuses. Here the browser animates elements without any sheet.
 */
import type { RevealApi } from "reveal.js";
import { calm } from "./page";

const DURATION = 420;
const EASING = "cubic-bezier(0.3, 0, 0.2, 1)";

/** What moves as one piece: the header's lines, blocks, and the parts of blocks that are made of equal parts. */
const PIECES =
  ".title, .subtitle, .prose > *, .list > li, .flow > li, .cards > li, .steps > li, .timeline > li, .side, .glossary > div, tbody tr," +
  ".callout, .equation, .code, .quote, .statement, .image, .video, .network, .figure, .demo, .walk, .curve, .surface";

interface Piece {
  readonly element: HTMLElement;
  readonly box: DOMRect;
}

const wants = (slide: Element | null | undefined): boolean => slide?.hasAttribute("data-animate") ?? false;

/** The pieces of a slide by what they say; where several say the same, their order tells them apart. */
function pieces(slide: HTMLElement): Map<string, Piece> {
  const found = new Map<string, Piece>();
  for (const element of slide.querySelectorAll<HTMLElement>(PIECES)) {
    const base = `${element.tagName} ${element.querySelector("img, video")?.getAttribute("src") ?? ""} ${element.textContent!.trim()}`;
    let key = base;
    for (let number = 2; found.has(key); number++) key = `${base} ${number}`;
    found.set(key, { element, box: element.getBoundingClientRect() });
  }
  return found;
}

export function glideBetween(deck: RevealApi): void {
  let before: Map<string, Piece> | null = null;
  const slides = deck.getSlidesElement()!;

  deck.on("beforeslidechange", () => {
    const current = deck.getCurrentSlide();
    before = wants(current) && !calm.matches && !deck.isOverview() ? pieces(current) : null;
  });

  deck.on("slidechanged", (event) => {
    const { previousSlide, currentSlide } = event as unknown as { previousSlide?: Element; currentSlide: HTMLElement };
    const old = before;
    before = null;
    if (!old || !wants(currentSlide) || !neighbours(previousSlide, currentSlide)) return;
    // The slides change places at once; what moves is what stands on them.
    slides.classList.add("disable-slide-transitions");
    requestAnimationFrame(() => {
      const scale = deck.getScale();
      const moving: Promise<Animation>[] = [];
      for (const [key, { element, box }] of pieces(currentSlide)) {
        if (element.closest(".fragment:not(.visible)")) continue;
        const from = old.get(key)?.box;
        const start: Keyframe = from?.width
          ? { transform: `translate(${(from.left - box.left) / scale}px, ${(from.top - box.top) / scale}px)` }
          : { opacity: 0 };
        moving.push(element.animate([start, {}], { duration: DURATION, easing: EASING }).finished);
      }
      // Not after a time: on a busy machine the last frame comes later. One that is taken away counts as done.
      void Promise.allSettled(moving).then(() => slides.classList.remove("disable-slide-transitions"));
    });
  });
}

function neighbours(one: Element | null | undefined, other: Element): boolean {
  const all = [...document.querySelectorAll(".slides section[id]")];
  return one != null && Math.abs(all.indexOf(one) - all.indexOf(other)) === 1;
}
