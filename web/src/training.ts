/**
 * Train a recorded graph in the page, update by update, twin of `bpslides.autodiff.training`.
 *
 * `new Training(replay).step(10)` gives values, gradients and the next parameters after ten updates by the trace's own
 * optimizer. `save` gives the place in the run as plain data and `restore` goes back to it, so undo is a list of those.
 */
import { Batching } from "./batches";
import { type Memories, type Pass, type Remembered, type Result, fromRemembered, pass, record, toRemembered, toResult } from "./pass";
import type { Replay } from "./replay";
import { type Assignments, Tape } from "./tape";
import { type Nested, type Value, toNested } from "./tensor";

/** The most updates that one run does, as in Python. */
export const MAX_UPDATES = 100_000;

type Nesteds = Readonly<Record<string, Nested>>;

/** A place in a run as plain data, good for JSON. */
export interface Saved {
  /** How many updates lie behind it. */
  readonly steps: number;
  readonly parameters: Nesteds;
  /** What the optimizer remembers, by the name of the parameter. */
  readonly memories: Remembered;
}

export interface Progress extends Result {
  /** How many updates lie behind these values. */
  readonly steps: number;
  /**
   * The number of the update that leaves the finite numbers, else null. The run stays at the last state before it, and
   * `nonFinite` names what is not finite.
   */
  readonly diverged: number | null;
}

/** Where a run stands: the parameters and memories after some updates. */
interface Moment {
  readonly steps: number;
  readonly parameters: ReadonlyMap<string, Value>;
  readonly memories: Memories;
}

export class Training {
  private readonly tape: Tape;
  private readonly batching: Batching | null;
  private readonly rate: number;
  private moment: Moment;
  /** The pass at this moment, which holds the next update; its trouble is that of the state after, where that has one. */
  private pass: Pass;

  /**
   * Start from the trace's own parameters, with some leaves set anew: inputs and targets for the whole run, parameters
   * for its start. Throws RangeError as `Replay.run` does, and for a model without a learning rate.
   */
  constructor(replay: Replay, assignments: Assignments = {}, learningRate = replay.trace.learning_rate) {
    if (learningRate === null) throw new RangeError("this model has no learning rate, so it cannot be trained");
    this.rate = learningRate;
    this.tape = new Tape(replay.trace);
    this.batching = replay.trace.batches && new Batching(this.tape);
    this.tape.reset(assignments);
    const parameters = new Map(this.tape.parameters.map(({ name, node }) => [name, this.tape.value(node)]));
    this.moment = { steps: 0, parameters, memories: new Map() };
    this.pass = this.enter(this.moment);
  }

  /**
   * Do n updates, fewer if the run leaves the finite numbers; 0 tells where it stands. Throws RangeError when n is
   * negative or no whole number, or when the run would get longer than `MAX_UPDATES`.
   */
  step(n = 1): Progress {
    checkSteps(this.moment.steps + n, n);
    for (let k = 0; k < n && this.pass.trouble === null; k++) this.advance();
    const { steps } = this.moment;
    // Without an update it is the state itself that is not finite: the one that the run started from, or came back to.
    const diverged = this.pass.trouble !== null && this.pass.update !== null ? steps + 1 : null;
    return { ...toResult(this.tape, this.pass), steps, diverged };
  }

  /** The place in the run, to come back to with `restore`. */
  save(): Saved {
    const { steps, parameters, memories } = this.moment;
    const parts = [...parameters].map(([name, value]) => [name, toNested(value)] as const);
    return { steps, parameters: record(parts), memories: toRemembered(memories) };
  }

  /** Go back, or forth, to a place of this run. Throws RangeError or TypeError for one that does not fit this model. */
  restore(saved: Saved): Progress {
    checkSteps(saved.steps, saved.steps);
    const { tape } = this;
    const parameters = tape.parameters.map(({ name }): [string, Value] => [name, tape.read(name, saved.parameters[name])]);
    const memories = fromRemembered(tape, saved.memories);
    this.moment = { steps: saved.steps, parameters: new Map(parameters), memories };
    this.pass = this.enter(this.moment);
    return this.step(0);
  }

  /** One update. Where the new state is not finite, stay, and keep its trouble. */
  private advance(): void {
    const { update } = this.pass;
    if (update === null) return;
    const { parameters, memories } = update;
    const next = { steps: this.moment.steps + 1, parameters, memories };
    const entered = this.enter(next);
    if (entered.update !== null) {
      this.moment = next;
      this.pass = entered;
    } else {
      this.pass = { ...this.enter(this.moment), trouble: entered.trouble };
    }
  }

  private enter({ steps, parameters, memories }: Moment): Pass {
    for (const { name, node } of this.tape.parameters) this.tape.set(node, parameters.get(name) as Value);
    return pass(this.tape, this.rate, memories, steps + 1, this.batching);
  }
}

/** Throws RangeError unless both numbers of updates are possible. */
function checkSteps(total: number, n: number): void {
  if (!(Number.isInteger(n) && n >= 0 && total <= MAX_UPDATES)) {
    throw new RangeError(`${n} updates are not possible: a run does up to ${MAX_UPDATES}`);
  }
}
