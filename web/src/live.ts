/**
 * The line to `bpslides serve`: questions of live blocks, changed slides, and the problems of a broken save.
 *
 * One WebSocket. When it drops, blocks fall back to the replay and the line is tried again with growing, jittered waits.
 */
import { settings } from "./page";
import { showProblems } from "./problems";

type Message = Record<string, unknown>;

/** How long a block waits for numpy before it helps itself. */
const PATIENCE = 1500;

export class Connection {
  #socket: WebSocket | null = null;
  #number = 0;
  #failures = 0;
  #version = settings.version;
  readonly #waiting = new Map<number, (reply: Message | null) => void>();

  constructor(
    readonly address: string,
    readonly onPatch: (message: Message) => void,
  ) {
    this.#open();
  }

  /** The server's reply, or null when it cannot be had: the caller has another way. */
  ask(question: Message): Promise<Message | null> {
    const socket = this.#socket;
    if (!socket || socket.readyState > WebSocket.OPEN) return Promise.resolve(null);
    const id = ++this.#number;
    const text = JSON.stringify({ ...question, id });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(id, null), PATIENCE);
      this.#waiting.set(id, (reply) => {
        clearTimeout(timer);
        resolve(reply);
      });
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else socket.addEventListener("open", () => this.#waiting.has(id) && socket.send(text), { once: true });
    });
  }

  #open(): void {
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#failures = 0;
    });
    socket.addEventListener("message", (event) => this.#receive(JSON.parse(String(event.data)) as Message));
    socket.addEventListener("close", () => {
      for (const id of [...this.#waiting.keys()]) this.#answer(id, null);
      const wait = Math.min(5000, 200 * 2 ** this.#failures++) * (0.5 + Math.random());
      setTimeout(() => this.#open(), wait);
    });
  }

  #receive(message: Message): void {
    switch (message["type"]) {
      case "reply":
        this.#answer(message["id"] as number, message["error"] ? null : (message["result"] as Message));
        break;
      case "version":
        if (message["version"] !== this.#version) location.reload();
        break;
      case "patch":
        this.#version = message["version"] as string;
        showProblems([]);
        this.onPatch(message);
        break;
      case "problems":
        showProblems(message["problems"] as string[]);
        break;
      case "reload":
        location.reload();
        break;
    }
  }

  #answer(id: number, reply: Message | null): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(reply);
  }
}

/** The line of this page; null in a static deck. */
export let connection: Connection | null = null;

export function connect(onPatch: (message: Message) => void): void {
  if (settings.output !== "serve") return;
  const address = new URL("ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = address.hash = "";
  connection = new Connection(address.href, onPatch);
}
