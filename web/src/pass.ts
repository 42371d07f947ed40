/**
 * One pass over a tape: forward, backward, and one update by the trace's own optimizer.
 *
 * `toResult(tape, pass(tape, 0.1, new Map(), 1))` is what a block shows. `Replay` does a single pass, `Training` many.
 */
import type { Batching } from "./batches";
import { type Memory, step } from "./optimizers";
import { rateAt } from "./schedule";
import type { Parameter, Sweep, Tape, Trouble } from "./tape";
import { type Nested, type Value, full, isFiniteValue, shapeOf, toNested } from "./tensor";

export interface Result {
  readonly values: Record<string, Nested>;
  /** ∂loss/∂name for every name; zeros where the loss does not depend on it, NaN when something is not finite. */
  readonly gradients: Record<string, Nested>;
  /** Every parameter after one step; frozen ones keep their value. Empty without a learning rate or a finite loss. */
  readonly updated: Record<string, Nested>;
  /** What the optimizer remembers of each parameter after that step, by the names that it gives it. */
  readonly memories: Remembered;
  /**
   * The first value, adjoint or updated parameter that is NaN or infinite: its own name or the nearest one, and the op or
   * optimizer that made it.
   */
  readonly nonFinite: { readonly name: string; readonly op: string } | null;
}

/** What the optimizer remembers, by the name of the parameter. */
export type Memories = ReadonlyMap<string, Memory>;

/** The same as plain data, good for JSON. */
export type Remembered = Readonly<Record<string, Readonly<Record<string, Nested>>>>;

export interface Update {
  /** Every parameter after the update; frozen ones keep their value. */
  readonly parameters: ReadonlyMap<string, Value>;
  readonly memories: Memories;
  /** The sweep that the update used: in a sequential one, parameters already changed on its way. */
  readonly sweep: Sweep;
  readonly trouble: Trouble | null;
}

export interface Pass {
  /** The true derivatives; null when a value is not finite. */
  readonly sweep: Sweep | null;
  /** Null without a learning rate, and when a value or a derivative is not finite. */
  readonly update: Update | null;
  /** What was not finite first. */
  readonly trouble: Trouble | null;
}

/** Compute the tape anew from its leaves, sweep back, and work out update number t, from 1, maybe in batches. */
export function pass(
  tape: Tape,
  baseRate: number | null,
  memories: Memories,
  t: number,
  batching: Batching | null,
): Pass {
  const wrong = tape.compute();
  if (wrong !== null) return { sweep: null, update: null, trouble: wrong };
  const sweep = tape.backward();
  if (sweep.trouble !== null || baseRate === null) return { sweep, update: null, trouble: sweep.trouble };
  const rate = rateAt(tape.trace.schedule, baseRate, t);
  const next = batching ? inBatches(tape, sweep, rate, memories, t, batching) : takeSteps(tape, sweep, rate, memories, t);
  return { sweep, update: next, trouble: next.trouble };
}

/** Update number t in batches: each of its steps sees some of the examples, and starts where the one before ended. */
function inBatches(
  tape: Tape,
  sweep: Sweep,
  rate: number,
  memories: Memories,
  t: number,
  batching: Batching,
): Update {
  const start = new Map(tape.parameters.map(({ name, node }) => [name, tape.value(node)]));
  let now: Update = { parameters: start, memories, sweep, trouble: null };
  for (let number = (t - 1) * batching.stepsPerUpdate + 1; number <= t * batching.stepsPerUpdate; number++) {
    const seen = batching.tape(number);
    for (const { name, node } of seen.parameters) seen.set(node, now.parameters.get(name) as Value);
    const wrong = seen.compute();
    if (wrong !== null) return { ...now, trouble: wrong };
    const own = seen.backward();
    if (own.trouble !== null) return { ...now, trouble: own.trouble };
    now = { ...takeSteps(seen, own, rate, now.memories, number), sweep };
    if (now.trouble !== null) return now;
  }
  return now;
}

/**
 * Step number t of every parameter, from the true derivatives in `sweep`. A sequential update sweeps again: in that
 * sweep a parameter takes its step as soon as its own adjoint is complete, and what goes further back past it uses the
 * new value.
 */
function takeSteps(tape: Tape, sweep: Sweep, rate: number, memories: Memories, t: number): Update {
  const { optimizer, update: order } = tape.trace;
  const parameters = new Map(tape.parameters.map(({ name, node }) => [name, tape.value(node)]));
  const remembered = new Map(memories);
  const waiting = new Set(tape.parameters.filter(({ frozen }) => !frozen));
  const troubles: Trouble[] = [];
  if (optimizer === null || waiting.size === 0) return { parameters, memories, sweep, trouble: null };
  const takeStep = (parameter: Parameter, gradient: Value): Value => {
    const { name, node } = parameter;
    const { value, memory } = step(optimizer, rate, tape.value(node), gradient, memories.get(name) ?? {}, t);
    if (!isFiniteValue(value)) troubles.push({ node, op: optimizer.name });
    parameters.set(name, value);
    remembered.set(name, memory);
    waiting.delete(parameter);
    return value;
  };
  const used = order === "sequential" ? tape.backward(takeStep) : sweep;
  if (used.trouble !== null) troubles.push(used.trouble);
  for (const parameter of waiting) takeStep(parameter, tape.gradient(sweep, parameter.node));
  return { parameters, memories: remembered, sweep: used, trouble: troubles[0] ?? null };
}

/** A pass by names, as nested lists. */
export function toResult(tape: Tape, { sweep, update, trouble }: Pass): Result {
  const values: Record<string, Nested> = Object.create(null);
  const gradients: Record<string, Nested> = Object.create(null);
  const updated: Record<string, Nested> = Object.create(null);
  for (const [name, node] of tape.nodes) {
    const value = tape.value(node);
    values[name] = toNested(value);
    const known = sweep !== null && sweep.trouble === null;
    gradients[name] = toNested(known ? tape.gradient(sweep, node) : full(shapeOf(value), NaN));
  }
  for (const [name, value] of update?.parameters ?? []) updated[name] = toNested(value);
  const memories = toRemembered(update?.memories ?? new Map());
  return { values, gradients, updated, memories, nonFinite: trouble && { name: tape.nearestName(trouble.node), op: trouble.op } };
}

export function toRemembered(memories: Memories): Remembered {
  const parts = [...memories].map(([name, memory]) => [
    name,
    record(Object.entries(memory).map(([key, value]) => [key, toNested(value)])),
  ] as const);
  return record(parts);
}

/** Throws RangeError or TypeError where they do not fit the parameters of this tape. */
export function fromRemembered(tape: Tape, remembered: Remembered): Memories {
  return new Map(
    Object.entries(remembered).map(([name, memory]): [string, Memory] => [
      name,
      Object.fromEntries(Object.entries(memory).map(([key, value]) => [key, tape.read(name, value)])),
    ]),
  );
}

/** An object with these entries and no others, whatever their names are. */
export function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
