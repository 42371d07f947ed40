/**
 * Steps of an optimizer whose rule comes with the trace: lines of one operation each, as `bpslides.autodiff.optimizers`
 * holds them. So this page knows no optimizer by name, and cannot disagree with Python about one.
 */
import { type Value, full, map, shapeOf, zip } from "./tensor";

/** One operation: target, operator, and its one or two operands, which are names or "1". */
export type Line = readonly [target: string, operator: string, left: string, right?: string];

/** An optimizer as a trace holds it. */
export interface Optimizer {
  readonly name: string;
  /** All of its parameters but the learning rate. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The names of what it remembers of a parameter between steps; each starts at zeros. */
  readonly memory: readonly string[];
  /** What gives one number a step, then what reads and sets theta and the memory, elementwise. */
  readonly lines: readonly Line[];
}

/** What an optimizer remembers of one parameter between steps; {} before the first. */
export type Memory = Readonly<Record<string, Value>>;

/** A parameter after a step, and the memory for the next one. */
export interface Stepped {
  readonly value: Value;
  readonly memory: Memory;
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "**": (a, b) => a ** b,
};

/**
 * Step number t, from 1, with the learning rate eta, of the parameter theta. Throws RangeError for a rule with an
 * operator or a name that is not known here.
 */
export function step(
  { name, parameters, memory, lines }: Optimizer,
  eta: number,
  theta: Value,
  gradient: Value,
  remembered: Memory,
  t: number,
): Stepped {
  const values = new Map<string, Value>([["1", 1], ["eta", eta], ["t", t], ["theta", theta], ["g", gradient]]);
  for (const [key, value] of Object.entries(parameters)) values.set(key, value);
  for (const key of memory) values.set(key, remembered[key] ?? full(shapeOf(theta), 0));
  const get = (key: string): Value => {
    const value = values.get(key);
    if (value === undefined) throw new RangeError(`the rule of ${name} asks for ${key}: build the deck anew`);
    return value;
  };
  for (const [target, operator, left, right] of lines) {
    values.set(target, right === undefined ? map(get(left), Math.sqrt) : zip(get(left), get(right), named(operator, name)));
  }
  return { value: get("theta"), memory: Object.fromEntries(memory.map((key) => [key, get(key)])) };
}

function named(operator: string, rule: string): (a: number, b: number) => number {
  const found = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (found === undefined) throw new RangeError(`the rule of ${rule} has the operator ${operator}: build the deck anew`);
  return found;
}
