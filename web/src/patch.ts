/** A saved change reaches the open page: only the slides that changed are touched, and the current one stays. */
import type { RevealApi } from "reveal.js";
import type { Blocks } from "./blocks";

export interface Patch {
  /** Slides that are new or changed. */
  readonly sections: readonly { readonly id: string; readonly html: string }[];
  /** Ids of all slides: a list per column. */
  readonly order: readonly (readonly string[])[];
}

export function applyPatch(deck: RevealApi, blocks: Blocks, patch: Patch): void {
  const slides = deck.getSlidesElement()!;
  const current = deck.getCurrentSlide();
  const fragment = deck.getIndices().f;
  const fresh = new Map(patch.sections.map(({ id, html }) => [id, parse(html)]));
  const known = new Map([...slides.querySelectorAll<HTMLElement>("section[id]")].map((section) => [section.id, section]));
  const before = order(slides);

  for (const [id, section] of fresh) {
    const old = known.get(id);
    if (old) replace(deck, old, section);
    else known.set(id, section);
  }
  if (JSON.stringify(before) !== JSON.stringify(patch.order)) {
    rearrange(slides, known, patch.order);
    deck.sync();
  }
  for (const id of fresh.keys()) {
    const section = known.get(id)!;
    deck.syncFragments(section);
    blocks.unmount(section);
  }
  const stays = current?.isConnected ? current : (slides.querySelector("section[id]") as HTMLElement);
  const { h, v } = deck.getIndices(stays);
  deck.slide(h, v, stays === current ? fragment : undefined);
  if (stays === current && fragment !== undefined) deck.navigateFragment(fragment);
  blocks.stepped();
}

function parse(html: string): HTMLElement {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild as HTMLElement;
}

/** What a slide may have beyond its id: whatever the new one lacks is taken away. */
const OPTIONAL = ["data-transition", "data-animate", "data-background-color", "data-background-gradient", "data-background-image", "data-background-opacity"];
const OWN_CLASS = /^(layout-|on-|plain-ink)/;

/** The section itself stays, for reveal holds on to it; its content and its own attributes are the new ones. */
function replace(deck: RevealApi, old: HTMLElement, section: HTMLElement): void {
  const backdrop = (): string => OPTIONAL.slice(2).map((name) => old.getAttribute(name)).join();
  const before = backdrop();
  old.classList.remove(...[...old.classList].filter((name) => OWN_CLASS.test(name)));
  old.classList.add(...[...section.classList].filter((name) => OWN_CLASS.test(name)));
  // Its style is reveal's; of ours there is only one variable.
  old.style.setProperty("--backdrop", section.style.getPropertyValue("--backdrop"));
  for (const name of OPTIONAL) if (!section.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of section.attributes) if (name !== "class" && name !== "style") old.setAttribute(name, value);
  old.replaceChildren(...section.childNodes);
  if (backdrop() !== before) deck.syncSlide(old);
}

function order(slides: Element): string[][] {
  return [...slides.children].map((column) =>
    column.id ? [column.id] : [...column.querySelectorAll("section[id]")].map((section) => section.id),
  );
}

function rearrange(slides: Element, known: Map<string, HTMLElement>, wanted: Patch["order"]): void {
  const columns = wanted.map((ids) => {
    const sections = ids.map((id) => known.get(id)!);
    if (sections.length === 1) return sections[0]!;
    const stack = document.createElement("section");
    stack.append(...sections);
    return stack;
  });
  slides.replaceChildren(...columns);
}
