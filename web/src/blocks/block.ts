/** What a live block is to the rest of the page. */

export interface Live {
  /** Draw what needs a size: called when the block's slide is near, and again when the canvas changes. */
  show(): Promise<void>;
  /** Give memory back when the slide is far. */
  hide(): void;
  /** Take over the state that the same block has in the main window (speaker view); `Stage` checks it. */
  follow?(state: unknown): void;
  /** The deck's fragments on this block's slide have changed. */
  stepped?(): void;
}

export interface Context {
  /**
   * Tell the other windows of this deck what the block now shows, and the address what a link to it should hold:
   * undefined for the author's own state.
   */
  publish(state: unknown, saved: unknown): void;
  /** What the address says of this block; anybody may have written it. */
  recall(): unknown;
  /** Move on, or back, as the presenter's key does. */
  next(): void;
  prev(): void;
}

export type Mount = (element: HTMLElement, data: never, context: Context) => Live;
