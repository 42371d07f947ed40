/**
 * The one state of a live block: undo and redo, reset to the author's state, the address bar, and the other windows.
 *
 * A block gives a `Plan`: its start, how a state is shown, and how a state from outside is read. It changes its state by
 * `go`, or by `step` where the next state has to be worked out. The buttons `undo`, `redo` and `reset` of its template
 * and the keys U, Shift+U and R come for free.
 */
import { Latest } from "../engine";
import type { Context } from "./block";

export interface Plan<S> {
  /** The author's state. */
  readonly start: S;
  /** Show a state; `words` say how it came about. False where it cannot be shown: then the earlier one stays. */
  show(state: S, words: string | null): boolean | Promise<boolean>;
  /** A state from the address or another window, or null where it is none. */
  read(saved: unknown): S | null;
  /** The part of a state that goes into the address; all of it unless told. */
  save?(state: S): unknown;
}

/** The next state of a step, and what is said of it. */
export interface Stepped<S> {
  readonly state: S;
  readonly words: string;
}

export class Stage<S> {
  state: S;
  #past: S[] = [];
  #future: S[] = [];
  /** The number of the drag that is going on, and of the one that the state is from: a drag is one thing to undo. */
  #drag = 0;
  #joined: number | null = null;
  readonly #latest = new Latest();

  constructor(
    readonly element: HTMLElement,
    readonly plan: Plan<S>,
    readonly context: Context,
  ) {
    this.state = plan.start;
    this.#onClick("undo", () => this.undo());
    this.#onClick("redo", () => this.redo());
    this.#onClick("reset", () => this.reset());
    element.addEventListener("keydown", (event) => this.#onKey(event));
    element.addEventListener("pointerup", () => this.settle());
    element.addEventListener("change", () => this.settle());
    const linked = plan.read(context.recall());
    this.#show(plan.start, "");
    if (linked !== null) this.go(linked, "");
    this.#tell();
  }

  /** Go to another state. With `join` the changes up to the next `settle` are one thing to undo. */
  go(next: S, words: string | null = null, join = false): void {
    const drag = join ? this.#drag : null; // by the time the answer comes it may have ended
    this.#latest.do(async () => {
      if (await this.plan.show(next, words)) this.#adopt(next, drag);
      else await this.plan.show(this.state, null);
    });
  }

  /** Go to the state that `work` finds; null where there is none, and `work` has said why. Tells whether it went. */
  step(work: (state: S) => Promise<Stepped<S> | null>): Promise<boolean> {
    this.settle();
    return new Promise((resolve) => {
      this.#latest.do(async () => {
        const found = await work(this.state);
        const shown = found !== null && (await this.plan.show(found.state, found.words));
        if (found && shown) this.#adopt(found.state, null);
        resolve(shown);
      });
    });
  }

  /** A drag has ended: what comes next is undone by itself. */
  settle(): void {
    this.#drag++;
  }

  undo(): void {
    this.#travel(this.#past, this.#future);
  }

  redo(): void {
    this.#travel(this.#future, this.#past);
  }

  /** Back to the author's state, which can be undone, too. */
  reset(): void {
    this.settle();
    if (this.state !== this.plan.start) this.go(this.plan.start, "");
  }

  /** Take over a state from another window. */
  follow(saved: unknown): void {
    const state = this.plan.read(saved);
    if (state !== null) this.#show(state, null);
  }

  #show(state: S, words: string | null): void {
    this.#latest.do(async () => {
      if (await this.plan.show(state, words)) this.state = state;
    });
  }

  #adopt(next: S, drag: number | null): void {
    if (drag === null || drag !== this.#joined) this.#past.push(this.state);
    this.#joined = drag;
    this.#future = [];
    this.state = next;
    this.#tell();
  }

  #travel(from: S[], to: S[]): void {
    this.settle();
    this.#latest.do(async () => {
      const next = from.pop();
      if (next === undefined) return;
      await this.plan.show(next, "");
      to.push(this.state);
      this.state = next;
      this.#tell();
    });
  }

  /** Buttons, address and other windows hear of the state. */
  #tell(): void {
    this.#button("undo")?.toggleAttribute("disabled", this.#past.length === 0);
    this.#button("redo")?.toggleAttribute("disabled", this.#future.length === 0);
    const saved = (this.plan.save ?? ((state: S): unknown => state))(this.state);
    this.context.publish(this.state, this.state === this.plan.start ? undefined : saved);
  }

  #button(action: string): HTMLElement | null {
    return this.element.querySelector(`[data-action="${action}"]`);
  }

  #onClick(action: string, work: () => void): void {
    this.#button(action)?.addEventListener("click", work);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "u" && event.shiftKey) this.redo();
    else if (key === "u") this.undo();
    else if (key === "r") this.reset();
    else return;
    event.preventDefault();
  }
}

/** Whether a key goes into a text. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== "range");
}

/** A finite number from outside, or null. */
export function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** An object from outside, or null. */
export function fields(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}
