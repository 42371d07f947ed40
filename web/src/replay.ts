/**
 * Replay a recorded graph for new inputs: the browser's twin of `bpslides.autodiff`.
 *
 * `new Replay(trace).run({ w: 0.7 })` gives every named value, its gradient and the parameters after one step of the
 * trace's optimizer; `retrace` gives the same as a full trace, with the adjoint of every node and the contributions in
 * the order of the backward sweep; `sweep` evaluates one output at many points of one variable. To take many steps, see
 * `Training`. The trace is the start of a run: its optimizer remembers nothing yet.
 */
import { Batching } from "./batches";
import { type Remembered, type Result, fromRemembered, pass, toResult } from "./pass";
import { type Assignments, type Sweep, Tape, type Trace } from "./tape";
import { isFiniteValue, shapeOf, toNested } from "./tensor";

export type { Remembered, Result } from "./pass";
export type { Assignments, Trace, TraceNode } from "./tape";
export type { Nested } from "./tensor";
export { Training } from "./training";

export class Replay {
  readonly names: readonly string[];
  private readonly tape: Tape;
  private readonly batching: Batching | null;

  /** Throws RangeError for a trace of another schema or with an op that the table does not have. */
  constructor(readonly trace: Trace) {
    this.tape = new Tape(trace);
    this.batching = trace.batches && new Batching(this.tape);
    this.names = [...this.tape.nodes.keys()];
  }

  /**
   * Values, gradients and one update, with some leaves set anew; a learning rate of null leaves the update out. `steps`
   * updates lie behind these values, and of them the optimizer has `memories`: those of the last result. Throws
   * RangeError for a name that cannot be set and a value of another shape.
   */
  run(
    assignments: Assignments = {},
    learningRate = this.trace.learning_rate,
    steps = 0,
    memories: Remembered = {},
  ): Result {
    this.tape.reset(assignments);
    const remembered = fromRemembered(this.tape, memories);
    return toResult(this.tape, pass(this.tape, learningRate, remembered, steps + 1, this.batching));
  }

  /**
   * The whole trace for new inputs, with the adjoints and contributions that the next update uses. Throws RangeError as
   * `run` does, and when something is not finite.
   */
  retrace(assignments: Assignments = {}, learningRate = this.trace.learning_rate): Trace {
    this.tape.reset(assignments);
    const { sweep, update, trouble } = pass(this.tape, learningRate, new Map(), 1, this.batching);
    if (trouble !== null) {
      const name = this.tape.nearestName(trouble.node);
      throw new RangeError(`${trouble.op} gives no finite number at ${name}: choose other values`);
    }
    const { adjoints, contributions } = update?.sweep ?? (sweep as Sweep);
    return {
      ...this.trace,
      learning_rate: learningRate,
      nodes: this.trace.nodes.map((node, index) => ({ ...node, value: toNested(this.tape.value(index)) })),
      adjoints: adjoints.map((adjoint) => (adjoint === null ? null : toNested(adjoint))),
      contributions: contributions.map(([from, to, amount]) => [from, to, toNested(amount)]),
    };
  }

  /**
   * One output, a number, for many values of one variable; NaN where anything on the way is not finite. Only what
   * depends on the variable is computed again, and nothing backward. Throws RangeError as `run` does.
   */
  sweep(variable: string, points: readonly number[], output: string, assignments: Assignments = {}): number[] {
    const { tape } = this;
    const target = tape.node(output);
    const leaf = tape.leaf(variable);
    tape.reset(assignments);
    tape.compute();
    if (shapeOf(tape.value(leaf)).length > 0 || shapeOf(tape.value(target)).length > 0) {
      throw new RangeError(`${variable} and ${output} must be single numbers: index or reduce an array`);
    }
    const needed = tape.ancestors(target);
    const changing = tape.descendants(leaf);
    const moving = tape.steps.filter(({ node }) => needed.has(node) && changing.has(node));
    const fixed = [...needed].every((node) => changing.has(node) || isFiniteValue(tape.value(node)));
    return points.map((point) => {
      tape.set(leaf, point);
      const finite = fixed && Number.isFinite(point) && tape.compute(moving) === null;
      return finite ? (tape.value(target) as number) : NaN;
    });
  }
}
