/**
 * Replay a recorded graph for new inputs: the browser's twin of `bpslides.autodiff`.
 *
 * `new Replay(trace).run({ w: 0.7 })` gives every named value, its gradient and the parameters after one step of
 * gradient descent; `retrace` gives the same as a full trace, with the adjoint of every node and the contributions in
 * the order of the backward sweep; `sweep` evaluates one output at many points of one variable.
 */
import { type Attributes, OPS, type Op } from "./ops";
import {
  type Nested,
  type Value,
  add,
  at,
  fromNested,
  full,
  isFiniteValue,
  sameShape,
  shapeOf,
  shapeText,
  toNested,
  zip,
} from "./tensor";

export type { Nested } from "./tensor";

export interface TraceNode {
  /** "leaf" can be set anew, "const" cannot; anything else is a key of the op table. */
  readonly op: string;
  readonly parents?: readonly number[];
  readonly value: Nested;
  readonly attributes?: Attributes;
}

/** A recorded run as JSON, written by `bpslides.autodiff.trace`. Nodes stand in the order of execution. */
export interface Trace {
  readonly schema: number;
  readonly nodes: readonly TraceNode[];
  readonly names: Readonly<Record<string, number>>;
  readonly loss: number;
  readonly parameters: readonly string[];
  readonly frozen: readonly string[];
  readonly learning_rate: number | null;
  readonly optimizer: { readonly name: string; readonly [key: string]: unknown } | null;
  readonly update: "simultaneous" | "sequential";
  /** ∂loss/∂node for every node; null where the loss does not depend on the node. */
  readonly adjoints: readonly (Nested | null)[];
  /** [from, to, amount] in the order of the backward sweep. */
  readonly contributions: readonly (readonly [number, number, Nested])[];
}

export type Assignments = Readonly<Record<string, Nested>>;

export interface Result {
  readonly values: Record<string, Nested>;
  /** ∂loss/∂name for every name; zeros where the loss does not depend on it, NaN when something is not finite. */
  readonly gradients: Record<string, Nested>;
  /** Every parameter after one step; frozen ones keep their value. Empty without a learning rate or a finite loss. */
  readonly updated: Record<string, Nested>;
  /** The first value or adjoint that is NaN or infinite: its own name or the nearest one, and the op that made it. */
  readonly nonFinite: { readonly name: string; readonly op: string } | null;
}

/** A computed node, ready to run. `inputs` is a buffer that is filled anew before every use. */
interface Step {
  readonly node: number;
  readonly op: Op;
  readonly parents: readonly number[];
  readonly attributes: Attributes;
  /** The positions of the parents that the sweep serves: all but constants. */
  readonly served: readonly number[];
  readonly inputs: Value[];
}

/** A value or an adjoint of a node that is not finite, and the op that made it. */
interface Trouble {
  readonly node: number;
  readonly op: string;
}

interface Parameter {
  readonly name: string;
  readonly node: number;
  readonly frozen: boolean;
}

type Contribution = [number, number, Value];

export class Replay {
  readonly names: readonly string[];
  private readonly nodes: ReadonlyMap<string, number>;
  private readonly start: readonly Value[];
  private readonly steps: readonly Step[];
  /** The steps that the loss depends on, last one first. */
  private readonly backward: readonly Step[];
  private readonly parameters: readonly Parameter[];
  private readonly values: Value[];
  private readonly adjoints: (Value | null)[];

  /** Throws RangeError for a trace of another schema or with an op that the table does not have. */
  constructor(private readonly trace: Trace) {
    if (trace.schema !== 1) {
      throw new RangeError(`the trace has schema ${trace.schema}, this page reads schema 1: build the deck anew`);
    }
    this.nodes = new Map(Object.entries(trace.names));
    this.names = [...this.nodes.keys()];
    this.start = trace.nodes.map((node) => fromNested(node.value));
    this.parameters = trace.parameters.map((name) => ({
      name,
      node: this.node(name),
      frozen: trace.frozen.includes(name),
    }));
    this.steps = trace.nodes.flatMap((node, index) => (isGiven(node) ? [] : [toStep(trace, index)]));
    const needed = this.ancestors(trace.loss);
    this.backward = this.steps.filter((step) => needed.has(step.node)).reverse();
    this.values = [...this.start];
    this.adjoints = this.start.map(() => null);
  }

  /**
   * Values, gradients and one update, with some leaves set anew; a learning rate of null leaves the update out. Throws
   * RangeError for a name that cannot be set, a value of another shape, and an update by an optimizer other than sgd.
   */
  run(assignments: Assignments = {}, learningRate = this.trace.learning_rate): Result {
    const trouble = this.forward(assignments) ?? this.sweepBack(null, null);
    const values: Record<string, Nested> = Object.create(null);
    const gradients: Record<string, Nested> = Object.create(null);
    for (const [name, node] of this.nodes) {
      const value = this.value(node);
      values[name] = toNested(value);
      gradients[name] = toNested(trouble === null ? this.gradient(node) : full(shapeOf(value), NaN));
    }
    const updated: Record<string, Nested> = Object.create(null);
    const later = trouble ?? (learningRate === null ? null : this.update(learningRate, updated));
    return { values, gradients, updated, nonFinite: later && { name: this.nearestName(later.node), op: later.op } };
  }

  /**
   * The whole trace for new inputs, with the adjoints and contributions that the next update uses. Throws RangeError as
   * `run` does, and when something is not finite.
   */
  retrace(assignments: Assignments = {}, learningRate = this.trace.learning_rate): Trace {
    const contributions: Contribution[] = [];
    const trouble = this.forward(assignments) ?? this.sweepBack(learningRate, contributions);
    if (trouble !== null) {
      const name = this.nearestName(trouble.node);
      throw new RangeError(`${trouble.op} gives no finite number at ${name}: choose other values`);
    }
    return {
      ...this.trace,
      learning_rate: learningRate,
      nodes: this.trace.nodes.map((node, index) => ({ ...node, value: toNested(this.value(index)) })),
      adjoints: this.adjoints.map((adjoint) => (adjoint === null ? null : toNested(adjoint))),
      contributions: contributions.map(([from, to, amount]) => [from, to, toNested(amount)]),
    };
  }

  /**
   * One output, a number, for many values of one variable; NaN where anything on the way is not finite. Only what
   * depends on the variable is computed again, and nothing backward. Throws RangeError as `run` does.
   */
  sweep(variable: string, points: readonly number[], output: string, assignments: Assignments = {}): number[] {
    const target = this.node(output);
    const leaf = this.leaf(variable);
    if (shapeOf(this.start[leaf] as Value).length > 0 || shapeOf(this.start[target] as Value).length > 0) {
      throw new RangeError(`${variable} and ${output} must be single numbers: index or reduce an array`);
    }
    const needed = this.ancestors(target);
    const changing = new Set([leaf]);
    for (const step of this.steps) if (step.parents.some((parent) => changing.has(parent))) changing.add(step.node);
    const moving = this.steps.filter((step) => needed.has(step.node) && changing.has(step.node));
    this.forward(assignments);
    const fixed = [...needed].every((node) => changing.has(node) || isFiniteValue(this.value(node)));
    return points.map((point) => {
      this.values[leaf] = point;
      const finite = fixed && Number.isFinite(point) && this.compute(moving) === null;
      return finite ? (this.value(target) as number) : NaN;
    });
  }

  /** Set the leaves and compute every node. */
  private forward(assignments: Assignments): Trouble | null {
    for (let node = 0; node < this.start.length; node++) this.values[node] = this.start[node] as Value;
    for (const name of Object.keys(assignments)) {
      const node = this.leaf(name);
      const value = fromNested(assignments[name]);
      const shape = shapeOf(this.start[node] as Value);
      if (!sameShape(shapeOf(value), shape)) {
        throw new RangeError(`${name} has shape ${shapeText(shape)}: it cannot be set to ${shapeText(shapeOf(value))}`);
      }
      if (!isFiniteValue(value)) throw new RangeError(`${name} cannot be set to NaN or infinity`);
      this.values[node] = value;
    }
    return this.compute(this.steps);
  }

  /** Run these steps on the current values, to the end even after trouble. */
  private compute(steps: readonly Step[]): Trouble | null {
    let trouble: Trouble | null = null;
    for (const step of steps) {
      const value = step.op.forward(gather(step, this.values), step.attributes);
      this.values[step.node] = value;
      if (trouble === null && !isFiniteValue(value)) trouble = { node: step.node, op: this.opName(step.node) };
    }
    return trouble;
  }

  /**
   * Work out the adjoints of all nodes, and note the contributions in order when a list for them is given.
   *
   * With sequential updates and a learning rate, a parameter takes its step as soon as its adjoint is complete, and the
   * rest of the sweep reads the new value: the mistake of some textbooks, kept to explain it.
   */
  private sweepBack(learningRate: number | null, record: Contribution[] | null): Trouble | null {
    const { adjoints } = this;
    const open = this.trace.update === "sequential" && learningRate !== null ? this.openContributions() : null;
    const seen = open === null ? this.values : [...this.values];
    adjoints.fill(null);
    adjoints[this.trace.loss] = 1;
    for (const step of this.backward) {
      const adjoint = adjoints[step.node] as Value;
      for (const position of step.served) {
        const parent = at(step.parents, position);
        const amount = step.op.vjp(position, adjoint, this.value(step.node), gather(step, seen), step.attributes);
        if (!isFiniteValue(amount)) return { node: parent, op: this.opName(step.node) };
        const before = adjoints[parent] as Value | null;
        const sum = before === null ? amount : add(before, amount);
        adjoints[parent] = sum;
        record?.push([step.node, parent, amount]);
        const waiting = open?.get(parent);
        if (open === null || waiting === undefined || learningRate === null) continue;
        open.set(parent, waiting - 1);
        if (waiting === 1) seen[parent] = descend(this.value(parent), sum, learningRate);
      }
    }
    return null;
  }

  /** For every parameter that may change, how many contributions its adjoint waits for. */
  private openContributions(): Map<number, number> {
    this.requireSgd();
    const open = new Map(this.parameters.filter(({ frozen }) => !frozen).map(({ node }) => [node, 0]));
    for (const parent of this.backward.flatMap((step) => step.parents)) {
      const count = open.get(parent);
      if (count !== undefined) open.set(parent, count + 1);
    }
    return open;
  }

  /** Write every parameter after one step into `updated`; a sequential update sweeps again for it. */
  private update(learningRate: number, updated: Record<string, Nested>): Trouble | null {
    if (this.parameters.length > 0) this.requireSgd();
    const trouble = this.trace.update === "sequential" ? this.sweepBack(learningRate, null) : null;
    if (trouble !== null) return trouble;
    let diverged: Trouble | null = null;
    for (const { name, node, frozen } of this.parameters) {
      const value = this.value(node);
      const next = frozen ? value : descend(value, this.gradient(node), learningRate);
      if (diverged === null && !isFiniteValue(next)) diverged = { node, op: "sgd" };
      updated[name] = toNested(next);
    }
    return diverged;
  }

  private opName(node: number): string {
    return this.trace.nodes[node]?.op ?? "leaf";
  }

  private requireSgd(): void {
    const name = this.trace.optimizer?.name ?? "sgd";
    if (name !== "sgd") throw new RangeError(`the page can take steps of sgd only, not of ${name}: ask the server`);
  }

  private value(node: number): Value {
    return this.values[node] as Value;
  }

  private gradient(node: number): Value {
    return this.adjoints[node] ?? full(shapeOf(this.value(node)), 0);
  }

  private node(name: string): number {
    const node = this.nodes.get(name);
    if (node === undefined) throw new RangeError(`there is no ${name} here: the names are ${this.names.join(", ")}`);
    return node;
  }

  /** The node of a name that may be set. */
  private leaf(name: string): number {
    const node = this.node(name);
    if (this.trace.nodes[node]?.op !== "leaf") throw new RangeError(`${name} is computed, so it cannot be set`);
    return node;
  }

  /** This node and all that it depends on. */
  private ancestors(node: number): Set<number> {
    const found = new Set([node]);
    for (const step of [...this.steps].reverse()) {
      if (found.has(step.node)) for (const parent of step.parents) found.add(parent);
    }
    return found;
  }

  /** The name to show for a node: its own, else the first computed from it, else the nearest it comes from. */
  private nearestName(node: number): string {
    const named = new Map([...this.nodes].reverse().map(([name, place]) => [place, name]));
    const fed = new Set([node]);
    for (const step of this.steps) if (step.parents.some((parent) => fed.has(parent))) fed.add(step.node);
    const above = [...this.ancestors(node)].sort((a, b) => b - a);
    const place = [...fed, ...above].find((candidate) => named.has(candidate));
    return place === undefined ? `node ${node}` : (named.get(place) as string);
  }
}

function isGiven(node: TraceNode): boolean {
  return node.op === "leaf" || node.op === "const";
}

function toStep(trace: Trace, node: number): Step {
  const { op: name, parents = [], attributes = {} } = trace.nodes[node] as TraceNode;
  const op = Object.hasOwn(OPS, name) ? OPS[name] : undefined;
  if (op === undefined) throw new RangeError(`this page knows no op "${name}": build the deck anew`);
  const served = [...parents.keys()].filter((position) => trace.nodes[at(parents, position)]?.op !== "const");
  return { node, op, parents, attributes, served, inputs: parents.map(() => 0) };
}

/** The current values of a step's parents, in its own buffer. */
function gather(step: Step, values: readonly Value[]): readonly Value[] {
  for (let k = 0; k < step.inputs.length; k++) step.inputs[k] = values[at(step.parents, k)] as Value;
  return step.inputs;
}

/** One step of gradient descent: θ − ηg. */
function descend(parameter: Value, gradient: Value, learningRate: number): Value {
  return zip(parameter, gradient, (theta, g) => theta - learningRate * g);
}
