/** What the page says about itself, and small helpers for reading it. */

export interface Settings {
  /** "folder", "single_file" or "serve". */
  readonly output: string;
  /** Address of plotly.js; empty when the page carries it inside. */
  readonly plotly: string;
  readonly title: string;
  /** Which state of the deck the page shows. */
  readonly version: string;
  /** How one slide follows another, by reveal's names. */
  readonly transition: "none" | "fade" | "slide" | "convex" | "concave" | "zoom";
  /** Width and height of the slides. */
  readonly canvas: readonly [number, number];
}

export const settings: Settings = json(document.getElementById(":settings")) as Settings;

/** Printing, or making a PDF: everything is shown in its final state and nothing reacts. */
export const printing = /[?&](print-pdf|view=print)/.test(location.search);

/** A frame of the speaker view: "current" mirrors the main window, "next" is one step ahead of it. */
export const following = new URLSearchParams(location.search).get("follow");

/** Portrait phones get a narrow canvas of their own; the style sheet asks the same question. */
export const phone = matchMedia("(max-width: 600px) and (orientation: portrait)");

export const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function json(element: Element | null): unknown {
  return JSON.parse(element?.textContent || "{}");
}

/** The one element below `root` that plays a role; a template without it is our own mistake. */
export function role<T extends Element = HTMLElement>(root: Element, name: string): T {
  const element = root.querySelector<T>(`[data-role="${name}"]`);
  if (!element) throw new Error(`no element with the role ${name}`);
  return element;
}

export function button(root: Element, action: string): HTMLButtonElement {
  const element = root.querySelector<HTMLButtonElement>(`[data-action="${action}"]`);
  if (!element) throw new Error(`no button for ${action}`);
  return element;
}

/** Calls `work` at most once a frame, however often it is asked. */
export function oncePerFrame(work: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}
