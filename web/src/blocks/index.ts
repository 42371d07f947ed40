/** The live blocks of a deck: mounted once, drawn when their slide is near, told of every step. */
import { json } from "../page";
import type { Context, Live, Mount } from "./block";
import { chain } from "./chain";
import { curve } from "./curve";
import { demo } from "./demo";
import { exercise } from "./exercise";
import { figure } from "./figure";
import { predict } from "./predict";
import { quiz } from "./quiz";
import { surface } from "./surface";
import { training } from "./training";
import { walk } from "./walk";

export { fitFormulas } from "./fit";

/** Which families of blocks this build of the runtime has: a deck carries the smallest build with all of its blocks. */
declare const PRACTICE: boolean;
declare const TRAINING: boolean;
declare const WALKS: boolean;

/** The value of `data-block` → how it comes alive. */
const MOUNTS: Record<string, Mount> = {
  figure,
  demo,
  descent: demo,
  curve,
  surface,
  ...(PRACTICE && { exercise, quiz, predict }),
  ...(TRAINING && { training }),
  ...(WALKS && { walk, chain }),
};

/** How far from the current slide a plot keeps its memory. */
const KEEP = 2;

interface Mounted {
  readonly section: HTMLElement;
  readonly live: Live;
  readonly key: string;
}

export class Blocks {
  #mounted: Mounted[] = [];

  constructor(readonly contextFor: (key: string) => Context) {}

  /** Bring the blocks of a slide to life; those it had before are let go. */
  mount(section: HTMLElement): void {
    this.unmount(section);
    section.querySelectorAll<HTMLElement>("[data-block]").forEach((element, index) => {
      const mount = MOUNTS[element.dataset["block"]!];
      if (!mount) return;
      const key = `${section.id}/${index}`;
      const live = mount(element, json(element.querySelector(":scope > script.data")) as never, this.contextFor(key));
      this.#mounted.push({ section, live, key });
    });
  }

  unmount(section: HTMLElement): void {
    for (const { live } of this.#mounted.filter((mounted) => mounted.section === section)) live.hide();
    this.#mounted = this.#mounted.filter((mounted) => mounted.section !== section);
  }

  /** Draw what is on the slide now, and let go of what is far. `sections` is the deck in order. */
  async showNear(current: Element, sections: readonly Element[]): Promise<void> {
    const here = sections.indexOf(current);
    const near: Promise<void>[] = [];
    for (const { section, live } of this.#mounted) {
      const distance = Math.abs(sections.indexOf(section) - here);
      if (distance <= 1) near.push(live.show());
      else if (distance > KEEP) live.hide();
    }
    await Promise.all(near);
  }

  async showAll(): Promise<void> {
    for (const { live } of this.#mounted) await live.show();
  }

  stepped(): void {
    for (const { live } of this.#mounted) live.stepped?.();
  }

  follow(key: string, state: unknown): void {
    this.#mounted.find((mounted) => mounted.key === key)?.live.follow?.(state);
  }
}
