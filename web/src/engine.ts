/**
 * Where a live block's numbers come from: numpy behind the WebSocket while it is open, else the replay of the trace.
 *
 * Both give the same answer, so a block asks and does not care; a label on the block says who answered.
 */
import { connection } from "./live";
import { type Assignments, type Remembered, Replay, type Result, type Trace } from "./replay";

export interface Answer extends Result {
  readonly origin: "numpy" | "replay";
}

export class Engine {
  readonly #replay: Replay;

  constructor(
    readonly model: string,
    readonly trace: Trace,
    readonly label: Element | null,
  ) {
    this.#replay = new Replay(trace);
  }

  /** Values, gradients and the next update for these inputs, after so many updates that the optimizer remembers so. */
  async run(assignments: Assignments, learningRate?: number, steps = 0, memories: Remembered = {}): Promise<Answer> {
    const question = { type: "run", model: this.model, set: assignments, learning_rate: learningRate ?? null, steps, memories };
    const reply = await connection?.ask(question);
    return reply
      ? this.#from(reply as unknown as Result, "numpy")
      : this.#from(this.#replay.run(assignments, learningRate, steps, memories), "replay");
  }

  /** One output at many points of a variable; null where it has no finite value. */
  async sweep(variable: string, points: readonly number[], output: string, assignments: Assignments): Promise<(number | null)[]> {
    const reply = await connection?.ask({ type: "sweep", model: this.model, variable, points, set: assignments });
    const values = reply ? (reply["values"] as (number | null)[]) : this.#replay.sweep(variable, [...points], output, assignments);
    return values.map((value) => (value !== null && Number.isFinite(value) ? value : null));
  }

  #from(result: Result, origin: Answer["origin"]): Answer {
    if (this.label) {
      this.label.textContent = origin === "numpy" ? "numpy, live" : "replayed";
      this.label.setAttribute("data-origin", origin);
    }
    return { ...result, origin };
  }
}

/** Runs one task at a time and, of those that arrive meanwhile, only the newest: a drag never queues up. */
export class Latest {
  #busy = false;
  #next: (() => Promise<void>) | null = null;

  do(task: () => Promise<void>): void {
    this.#next = task;
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const task = this.#next;
      this.#next = null;
      await task();
    }
    this.#busy = false;
  }
}
