/** The live blocks of a deck: mounted and drawn when their slide comes near, told of every step. */
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

/** How far from the current slide a block is drawn, and how far a plot keeps its memory. */
const NEAR = 1;
const KEEP = 2;

interface Mounted {
  readonly key: string;
  readonly live: Live;
}

export class Blocks {
  readonly #mounted = new Map<HTMLElement, readonly Mounted[]>();
  /** What the main window said of blocks: theirs from the start, if their slide only comes near later. */
  readonly #told = new Map<string, unknown>();

  constructor(readonly contextFor: (key: string) => Context) {}

  /** Bring the blocks of a slide to life, unless they are. A long deck has many, and each of them computes. */
  mount(section: HTMLElement): readonly Mounted[] {
    const known = this.#mounted.get(section);
    if (known) return known;
    const elements = [...section.querySelectorAll<HTMLElement>("[data-block]")];
    const mounted = elements.flatMap((element, index): Mounted[] => {
      const mount = MOUNTS[element.dataset["block"]!];
      if (!mount) return [];
      const key = `${section.id}/${index}`;
      const live = mount(element, json(element.querySelector(":scope > script.data")) as never, this.contextFor(key));
      live.stepped?.();
      if (this.#told.has(key)) live.follow?.(this.#told.get(key));
      return [{ key, live }];
    });
    this.#mounted.set(section, mounted);
    return mounted;
  }

  /** Let the blocks of a slide go, which has another content now. */
  unmount(section: HTMLElement): void {
    for (const { live } of this.#mounted.get(section) ?? []) live.hide();
    this.#mounted.delete(section);
  }

  /** Draw what is on the slide now, and let go of what is far. `sections` is the deck in order. */
  async showNear(current: HTMLElement, sections: readonly HTMLElement[]): Promise<void> {
    const here = sections.indexOf(current);
    for (const [section, mounted] of this.#mounted) {
      if (Math.abs(sections.indexOf(section) - here) > KEEP) for (const { live } of mounted) live.hide();
    }
    const near = sections.slice(Math.max(here - NEAR, 0), here + NEAR + 1).flatMap((section) => this.mount(section));
    await Promise.all(near.map(({ live }) => live.show()));
  }

  async showAll(sections: readonly HTMLElement[]): Promise<void> {
    for (const { live } of sections.flatMap((section) => this.mount(section))) await live.show();
  }

  stepped(): void {
    for (const mounted of this.#mounted.values()) for (const { live } of mounted) live.stepped?.();
  }

  follow(key: string, state: unknown): void {
    this.#told.set(key, state);
    for (const mounted of this.#mounted.values()) mounted.find((one) => one.key === key)?.live.follow?.(state);
  }
}
