/**
 * Optimizers as one pure function: `step(optimizer, rate, parameter, gradient, {}, 1)` gives the parameter after the
 * first step and what to remember for the next one. Twin of `bpslides.autodiff.optimizers`, whose rules are told there.
 *
 * θ is the parameter, g the gradient, η the learning rate, λ the weight decay and t the number of the step, from 1.
 */
import { type Value, add, full, map, shapeOf, zip } from "./tensor";

/** An optimizer as a trace holds it: its name and every one of its parameters but the learning rate. */
export interface OptimizerData {
  readonly name: string;
  readonly [parameter: string]: string | number;
}

/** What an optimizer remembers of one parameter between steps; {} before the first. */
export type Memory = Readonly<Record<string, Value>>;

/** A parameter after a step, and the memory for the next one. */
export interface Stepped {
  readonly value: Value;
  readonly memory: Memory;
}

/** Everything that a rule reads. */
interface Given {
  readonly theta: Value;
  readonly g: Value;
  readonly eta: number;
  readonly t: number;
  /** A parameter of the optimizer. */
  readonly get: (parameter: string) => number;
  /** What was remembered under this name; zeros before the first step. */
  readonly last: (name: string) => Value;
}

/** V ← μv + g. */
function velocity({ g, get, last }: Given): Value {
  const mu = get("momentum");
  return zip(last("velocity"), g, (v, slope) => mu * v + slope);
}

/** The running mean of g², s ← ρs + (1−ρ)g². */
function meanSquare({ g, last }: Given, rho: number): Value {
  return zip(last("square"), g, (s, slope) => rho * s + (1 - rho) * slope * slope);
}

function sgd({ theta, g, eta }: Given): Stepped {
  return { value: moved(theta, g, eta), memory: {} };
}

function momentum(given: Given): Stepped {
  const v = velocity(given);
  return { value: moved(given.theta, v, given.eta), memory: { velocity: v } };
}

function nesterov(given: Given): Stepped {
  const mu = given.get("momentum");
  const v = velocity(given);
  const ahead = zip(given.g, v, (slope, speed) => slope + mu * speed);
  return { value: moved(given.theta, ahead, given.eta), memory: { velocity: v } };
}

function rmsprop(given: Given): Stepped {
  const epsilon = given.get("epsilon");
  const s = meanSquare(given, given.get("rho"));
  const change = zip(given.g, s, (slope, square) => (given.eta * slope) / (Math.sqrt(square) + epsilon));
  return { value: moved(given.theta, change, 1), memory: { square: s } };
}

function adam(given: Given): Stepped {
  const { g, t, get, last } = given;
  const [beta1, beta2, epsilon] = [get("beta1"), get("beta2"), get("epsilon")];
  const m = zip(last("mean"), g, (mean, slope) => beta1 * mean + (1 - beta1) * slope);
  const s = meanSquare(given, beta2);
  const [bias1, bias2] = [1 - beta1 ** t, 1 - beta2 ** t];
  const change = zip(m, s, (mean, square) => mean / bias1 / (Math.sqrt(square / bias2) + epsilon));
  return { value: moved(given.theta, change, given.eta), memory: { mean: m, square: s } };
}

/** Adam after θ ← θ − ηλθ: the weight decay does not pass through the running means. */
function adamw(given: Given): Stepped {
  const shrink = given.eta * given.get("weight_decay");
  return adam({ ...given, theta: map(given.theta, (theta) => theta - shrink * theta) });
}

/** θ − η · change. */
function moved(theta: Value, change: Value, eta: number): Value {
  return zip(theta, change, (x, by) => x - eta * by);
}

const RULES: Readonly<Record<string, (given: Given) => Stepped>> = { sgd, momentum, nesterov, rmsprop, adam, adamw };

/** One step. Throws RangeError for an optimizer that is not known here, or that lacks one of its parameters. */
export function step(
  optimizer: OptimizerData,
  eta: number,
  theta: Value,
  gradient: Value,
  memory: Memory,
  t: number,
): Stepped {
  const { name } = optimizer;
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) throw new RangeError(`this page knows no optimizer "${name}": build the deck anew`);
  const get = (parameter: string): number => {
    const value = optimizer[parameter];
    if (typeof value !== "number") throw new RangeError(`the trace gives no ${parameter} for ${name}: build the deck anew`);
    return value;
  };
  const last = (key: string): Value => memory[key] ?? full(shapeOf(theta), 0);
  const decay = name === "adamw" ? 0 : get("weight_decay");
  const g = decay === 0 ? gradient : add(gradient, map(theta, (x) => decay * x));
  return rule({ theta, g, eta, t, get, last });
}
