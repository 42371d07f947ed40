/**
 * The windows of one deck kept together: the main window leads, the frames of the speaker view follow it, and the
 * speaker view can ask it to move. A BroadcastChannel carries it all, so the windows need not know each other.
 */
export interface Place {
  readonly h: number;
  readonly v: number;
  readonly f: number;
}

export type Note =
  /** The main window shows this now; `next` is one step further, null at the end. */
  | { kind: "at"; at: Place; id: string; next: Place | null }
  /** A live block of the main window has this state now. */
  | { kind: "state"; key: string; state: unknown }
  /** A new window asks for all of it. */
  | { kind: "hello" }
  /** The speaker view asks the main window to move. */
  | { kind: "go"; to: "next" | "prev" };

export class Channel {
  readonly #channel: BroadcastChannel;

  constructor(onNote: (note: Note) => void) {
    // One channel a deck: the speaker page is at …/speaker, the deck at …/
    this.#channel = new BroadcastChannel(`bpslides ${location.pathname.replace(/(speaker|index\.html)$/, "")}`);
    this.#channel.addEventListener("message", (event) => onNote(event.data as Note));
  }

  send(note: Note): void {
    this.#channel.postMessage(note);
  }
}
