/**
 * A recorded graph that can be computed again: forward over all of its nodes, and backward from the loss.
 *
 * `tape.reset({ w: 0.7 })` sets leaves, `tape.compute()` works out every node, and `tape.backward()` gives the adjoints.
 * `Replay` and `Training` are what the page uses; this is their common engine, twin of `bpslides.autodiff.tape` and
 * `bpslides.autodiff.sweep`.
 */
import { type Attributes, OPS, type Op } from "./ops";
import type { Optimizer } from "./optimizers";
import type { Schedule } from "./schedule";
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
} from "./tensor";

export interface TraceNode {
  /** "leaf" can be set anew, "const" cannot; anything else is a key of the op table. */
  readonly op: string;
  readonly parents?: readonly number[];
  readonly value: Nested;
  readonly attributes?: Attributes;
}

/** The order of the examples, and the computation recorded for so many of them as a step sees. */
export interface BatchesData {
  readonly mode: "online" | "mini";
  readonly examples: number;
  readonly size: number;
  readonly seed: number;
  /** The leaves with a row per example. */
  readonly leaves: readonly string[];
  readonly tapes: Readonly<Record<string, Pick<Trace, "nodes" | "names" | "loss">>>;
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
  /** Null where there are no parameters. */
  readonly optimizer: Optimizer | null;
  /** How the learning rate changes from update to update; null where it does not. */
  readonly schedule: Schedule | null;
  readonly update: "simultaneous" | "sequential";
  /** Null where every step sees all examples. */
  readonly batches: BatchesData | null;
  /** ∂loss/∂node for every node; null where the loss does not depend on the node. */
  readonly adjoints: readonly (Nested | null)[];
  /** [from, to, amount] in the order of the backward sweep. */
  readonly contributions: readonly (readonly [number, number, Nested])[];
}

export type Assignments = Readonly<Record<string, Nested>>;

export interface Parameter {
  readonly name: string;
  readonly node: number;
  readonly frozen: boolean;
}

/** A value, an adjoint or an updated parameter that is not finite: its node, and the op or optimizer that made it. */
export interface Trouble {
  readonly node: number;
  readonly op: string;
}

/** One backward sweep: ∂loss/∂node for every node that the loss depends on, and what went wrong first. */
export interface Sweep {
  readonly adjoints: readonly (Value | null)[];
  /** [from, to, amount] in order. */
  readonly contributions: readonly (readonly [number, number, Value])[];
  readonly trouble: Trouble | null;
}

/** A computed node, ready to run. `inputs` is a buffer that is filled anew before every use. */
export interface Step {
  readonly node: number;
  readonly op: Op;
  readonly parents: readonly number[];
  readonly attributes: Attributes;
  /** The positions of the parents that the sweep serves: all but constants. */
  readonly served: readonly number[];
  readonly inputs: Value[];
}

export class Tape {
  readonly nodes: ReadonlyMap<string, number>;
  readonly parameters: readonly Parameter[];
  readonly leaves: readonly number[];
  private readonly start: readonly Value[];
  /** The computed nodes in the order of execution. */
  readonly steps: readonly Step[];
  /** The steps that the loss depends on, last one first. */
  private readonly needed: readonly Step[];
  private readonly values: Value[];

  /** Throws RangeError for a trace of another schema or with an op that the table does not have. */
  constructor(readonly trace: Trace) {
    if (trace.schema !== 1) {
      throw new RangeError(`the trace has schema ${trace.schema}, this page reads schema 1: build the deck anew`);
    }
    this.nodes = new Map(Object.entries(trace.names));
    this.start = trace.nodes.map((node) => fromNested(node.value));
    this.parameters = trace.parameters.map((name) => ({
      name,
      node: this.node(name),
      frozen: trace.frozen.includes(name),
    }));
    this.leaves = [...trace.nodes.keys()].filter((index) => trace.nodes[index]?.op === "leaf");
    this.steps = trace.nodes.flatMap((node, index) => (isGiven(node) ? [] : [toStep(trace, index)]));
    const ancestors = this.ancestors(trace.loss);
    this.needed = this.steps.filter((step) => ancestors.has(step.node)).reverse();
    this.values = [...this.start];
  }

  value(node: number): Value {
    return this.values[node] as Value;
  }

  /** ∂loss/∂node in a sweep; zeros where the loss does not depend on the node. */
  gradient(sweep: Sweep, node: number): Value {
    return sweep.adjoints[node] ?? full(shapeOf(this.value(node)), 0);
  }

  /** Give every leaf its recorded value, and these their new ones. Throws RangeError as `read` does. */
  reset(assignments: Assignments): void {
    for (let node = 0; node < this.start.length; node++) this.values[node] = this.start[node] as Value;
    for (const name of Object.keys(assignments)) this.set(this.leaf(name), this.read(name, assignments[name]));
  }

  set(leaf: number, value: Value): void {
    this.values[leaf] = value;
  }

  /**
   * A new value for a leaf. Throws RangeError for a name that cannot be set, another shape, NaN and infinity, and
   * TypeError for anything that is no array of numbers.
   */
  read(name: string, nested: unknown): Value {
    const shape = shapeOf(this.start[this.leaf(name)] as Value);
    const value = fromNested(nested);
    if (!sameShape(shapeOf(value), shape)) {
      throw new RangeError(`${name} has shape ${shapeText(shape)}: it cannot be set to ${shapeText(shapeOf(value))}`);
    }
    if (!isFiniteValue(value)) throw new RangeError(`${name} cannot be set to NaN or infinity`);
    return value;
  }

  /** Run these steps, all of them unless told, on the current values; to the end even after trouble. */
  compute(steps = this.steps): Trouble | null {
    let trouble: Trouble | null = null;
    for (const step of steps) {
      const value = step.op.forward(gather(step, this.values), step.attributes);
      this.values[step.node] = value;
      if (trouble === null && !isFiniteValue(value)) trouble = { node: step.node, op: this.opName(step.node) };
    }
    return trouble;
  }

  /**
   * Sweep back from the loss over the current values, up to the first trouble. `complete` is called once for every
   * parameter that may change, when its adjoint is complete; what it returns is the parameter's value for the rest of
   * the sweep.
   */
  backward(complete?: (parameter: Parameter, adjoint: Value) => Value): Sweep {
    const adjoints = new Array<Value | null>(this.start.length).fill(null);
    const contributions: [number, number, Value][] = [];
    const open = complete && this.openContributions();
    const seen = open ? [...this.values] : this.values;
    adjoints[this.trace.loss] = 1;
    for (const step of this.needed) {
      const adjoint = adjoints[step.node] as Value;
      for (const position of step.served) {
        const parent = at(step.parents, position);
        const amount = step.op.vjp(position, adjoint, this.value(step.node), gather(step, seen), step.attributes);
        if (!isFiniteValue(amount)) {
          return { adjoints, contributions, trouble: { node: parent, op: this.opName(step.node) } };
        }
        const before = adjoints[parent] as Value | null;
        const sum = before === null ? amount : add(before, amount);
        adjoints[parent] = sum;
        contributions.push([step.node, parent, amount]);
        const waiting = open?.get(parent);
        if (waiting === undefined || complete === undefined) continue;
        waiting.count -= 1;
        if (waiting.count === 0) seen[parent] = complete(waiting.parameter, sum);
      }
    }
    return { adjoints, contributions, trouble: null };
  }

  /** The node of a name. Throws RangeError for a name that is not there. */
  node(name: string): number {
    const node = this.nodes.get(name);
    if (node === undefined) {
      throw new RangeError(`there is no ${name} here: the names are ${[...this.nodes.keys()].join(", ")}`);
    }
    return node;
  }

  /** The node of a name that may be set. Throws RangeError for any other. */
  leaf(name: string): number {
    const node = this.node(name);
    if (this.trace.nodes[node]?.op !== "leaf") throw new RangeError(`${name} is computed, so it cannot be set`);
    return node;
  }

  /** This node and all that it depends on. */
  ancestors(node: number): Set<number> {
    const found = new Set([node]);
    for (const step of [...this.steps].reverse()) {
      if (found.has(step.node)) for (const parent of step.parents) found.add(parent);
    }
    return found;
  }

  /** This node and all that depends on it. */
  descendants(node: number): Set<number> {
    const found = new Set([node]);
    for (const step of this.steps) if (step.parents.some((parent) => found.has(parent))) found.add(step.node);
    return found;
  }

  /** The name to show for a node: its own, else the first computed from it, else the nearest it comes from. */
  nearestName(node: number): string {
    const named = new Map([...this.nodes].reverse().map(([name, place]) => [place, name]));
    const above = [...this.ancestors(node)].sort((a, b) => b - a);
    const place = [...this.descendants(node), ...above].find((candidate) => named.has(candidate));
    return place === undefined ? `node ${node}` : (named.get(place) as string);
  }

  /** For every parameter that may change, how many contributions its adjoint waits for. */
  private openContributions(): Map<number, { readonly parameter: Parameter; count: number }> {
    const free = this.parameters.filter(({ frozen }) => !frozen);
    const open = new Map(free.map((parameter) => [parameter.node, { parameter, count: 0 }]));
    for (const parent of this.needed.flatMap((step) => step.parents)) {
      const waiting = open.get(parent);
      if (waiting !== undefined) waiting.count += 1;
    }
    return open;
  }

  private opName(node: number): string {
    return this.trace.nodes[node]?.op ?? "leaf";
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
