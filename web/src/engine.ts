/**
 * Where a live block's numbers come from: numpy behind the WebSocket while it is open, else the replay of the trace.
 *
 * Both give the same answer, so a block asks and does not care; a label on the block says who answered.
 */
import { connection } from "./live";
import { type Assignments, type Nested, type Remembered, Replay, type Result, type Trace, Training } from "./replay";

export interface Answer extends Result {
  readonly origin: "numpy" | "replay";
}

/** A stretch of a run: values by name, one per update. */
export interface Course {
  readonly values: Readonly<Record<string, readonly Nested[]>>;
  readonly diverged: number | null;
}

export class Engine {
  readonly #replay: Replay;
  /** Runs by learning rate, where they have come to. */
  readonly #trainings = new Map<number, Training>();

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

  /** Named values after `first`, …, `last` updates at a learning rate, and the update that diverges, if one does. */
  async course(learningRate: number, first: number, last: number, names: readonly string[]): Promise<Course> {
    const question = { type: "course", model: this.model, learning_rate: learningRate, first, last, names };
    const reply = await connection?.ask(question);
    this.#tell(reply ? "numpy" : "replay");
    return (reply as unknown as Course | null) ?? this.#replayed(learningRate, first, last, names);
  }

  #replayed(learningRate: number, first: number, last: number, names: readonly string[]): Course {
    let training = this.#trainings.get(learningRate);
    if (!training || training.save().steps > first) training = new Training(this.#replay, {}, learningRate);
    this.#trainings.set(learningRate, training);
    const values: Record<string, Nested[]> = Object.fromEntries(names.map((name) => [name, []]));
    let now = training.step(first - training.save().steps);
    for (;;) {
      if (now.steps >= first) for (const name of names) values[name]!.push(now.values[name]!);
      if (now.diverged !== null || now.steps >= last) return { values, diverged: now.diverged };
      now = training.step();
    }
  }

  /** One output at many points of a variable; null where it has no finite value. */
  async sweep(variable: string, points: readonly number[], output: string, assignments: Assignments): Promise<(number | null)[]> {
    const reply = await connection?.ask({ type: "sweep", model: this.model, variable, points, set: assignments });
    this.#tell(reply ? "numpy" : "replay");
    const values = reply ? (reply["values"] as (number | null)[]) : this.#replay.sweep(variable, [...points], output, assignments);
    return values.map((value) => (value !== null && Number.isFinite(value) ? value : null));
  }

  #from(result: Result, origin: Answer["origin"]): Answer {
    this.#tell(origin);
    return { ...result, origin };
  }

  #tell(origin: Answer["origin"]): void {
    if (!this.label) return;
    this.label.textContent = origin === "numpy" ? "numpy, live" : "replayed";
    this.label.setAttribute("data-origin", origin);
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
    try {
      while (this.#next) {
        const task = this.#next;
        this.#next = null;
        await task();
      }
    } finally {
      this.#busy = false;
    }
  }
}
