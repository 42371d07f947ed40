/**
 * The op table: for every op its forward rule and its vector-Jacobian products, twin of `bpslides.autodiff.ops`.
 *
 * `OPS.mul.forward([2, 3], {})` is 6; `OPS.mul.vjp(0, 1, 6, [2, 3], {})` is what the product gives to its first parent
 * when its own adjoint is 1. Conventions at kinks and ties are those of the Python table: relu'(0) = abs'(0) = 0, the
 * left slope for leaky_relu and elu, halves for maximum and minimum, equal shares for max and min over an array, and no
 * slope along the exponent of a negative number (NaN).
 */
import { erf } from "./erf";
import {
  type Value,
  at,
  broadcastTo,
  dataOf,
  fold,
  foldedShapes,
  map,
  normalAxis,
  pack,
  reshape,
  sameShape,
  shapeOf,
  shapeText,
  sizeOf,
  sumTo,
  transpose,
  zip,
} from "./tensor";

export interface Attributes {
  readonly axis?: number | null;
  readonly slope?: number;
  readonly alpha?: number;
  readonly shape?: readonly number[];
  readonly index?: number | readonly number[];
}

export interface Op {
  /** How many parents it has; null for any number from one on. */
  readonly arity: number | null;
  /** The op's value. Throws RangeError when shapes do not fit. */
  forward(values: readonly Value[], attributes: Attributes): Value;
  /** The contribution adjoint · ∂out/∂parent for the parent at `position`, in that parent's shape. */
  vjp(position: number, adjoint: Value, out: Value, values: readonly Value[], attributes: Attributes): Value;
}

/** The operand at a position that the op's arity guarantees. */
function operand(values: readonly Value[], position: number): Value {
  return values[position] as Value;
}

/** An op on each element by itself: y = f(x) and dy/dx, which may use both x and y. */
function unary(
  f: (x: number, attributes: Attributes) => number,
  slope: (x: number, y: number, attributes: Attributes) => number,
): Op {
  return {
    arity: 1,
    forward(values, attributes) {
      const x = operand(values, 0);
      return typeof x === "number" ? f(x, attributes) : map(x, (item) => f(item, attributes));
    },
    vjp(_, adjoint, out, values, attributes) {
      const x = operand(values, 0);
      if (typeof x === "number") return (adjoint as number) * slope(x, out as number, attributes);
      const y = dataOf(out);
      const g = dataOf(adjoint);
      return pack(x.shape, x.data.map((item, p) => at(g, p) * slope(item, at(y, p), attributes)));
    },
  };
}

type Contribution = (adjoint: number, a: number, b: number) => number;

/** An op on pairs of elements, with broadcasting: f(a, b) and what each side gets of the adjoint. */
function binary(f: (a: number, b: number) => number, toLeft: Contribution, toRight: Contribution): Op {
  return {
    arity: 2,
    forward(values) {
      return zip(operand(values, 0), operand(values, 1), f);
    },
    vjp(position, adjoint, _, values) {
      const rule = position === 0 ? toLeft : toRight;
      const a = operand(values, 0);
      const b = operand(values, 1);
      if (typeof adjoint === "number") return rule(adjoint, a as number, b as number);
      const left = dataOf(broadcastTo(a, adjoint.shape));
      const right = dataOf(broadcastTo(b, adjoint.shape));
      const all = pack(adjoint.shape, adjoint.data.map((g, p) => rule(g, at(left, p), at(right, p))));
      return sumTo(all, shapeOf(position === 0 ? a : b));
    },
  };
}

/** A value with its folded axis kept at length 1, repeated along that axis again. */
function spread(folded: Value, shape: readonly number[], axis: number | null): Value {
  return broadcastTo(reshape(folded, foldedShapes(shape, axis).kept), shape);
}

const plus = (sum: number, x: number): number => sum + x;

/** An extreme over an array or an axis; elements that tie for it share the adjoint equally. */
function extreme(start: number, pick: (best: number, x: number) => number): Op {
  return {
    arity: 1,
    forward: (values, { axis = null }) => fold(operand(values, 0), axis, start, pick),
    vjp(_, adjoint, out, values, { axis = null }) {
      const x = operand(values, 0);
      const shape = shapeOf(x);
      const winners = zip(x, spread(out, shape, axis), (item, best) => (item === best ? 1 : 0));
      const share = zip(adjoint, fold(winners, axis, 0, plus), (g, count) => g / count);
      return zip(winners, spread(share, shape, axis), (won, g) => won * g);
    },
  };
}

/** The numbers shifted so that the largest along the axis is 0: then exp cannot overflow. */
function shifted(x: Value, axis: number): Value {
  const largest = fold(x, axis, -Infinity, Math.max);
  return zip(x, spread(largest, shapeOf(x), axis), (item, top) => item - top);
}

function softmax(x: Value, axis: number): Value {
  const powers = map(shifted(x, axis), Math.exp);
  return zip(powers, spread(fold(powers, axis, 0, plus), shapeOf(x), axis), (e, total) => e / total);
}

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

/** Φ(x), the standard normal distribution function. */
function normal(x: number): number {
  return 0.5 * (1 + erf(x * Math.SQRT1_2));
}

/** φ(x), the standard normal density. */
function density(x: number): number {
  return (1 / Math.sqrt(2 * Math.PI)) * Math.exp(-0.5 * (x * x));
}

/** x to the power y; a square is x times x, which is exact to the last bit. */
function power(x: number, y: number): number {
  return y === 2 ? x * x : x ** y;
}

/** A value as a matrix: a vector on the left is one row, on the right one column. */
function asMatrix(value: Value, side: "left" | "right"): Value {
  const shape = shapeOf(value);
  if (shape.length === 2) return value;
  if (shape.length === 1) return reshape(value, side === "left" ? [1, ...shape] : [...shape, 1]);
  throw new RangeError(`@ takes vectors and matrices, not shape ${shapeText(shape)}`);
}

/** The product of two matrices whose inner lengths agree. */
function product(a: Value, b: Value): Value {
  const [rows = 0, inner = 0] = shapeOf(a);
  const columns = at(shapeOf(b), 1);
  const left = dataOf(a);
  const right = dataOf(b);
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = at(left, i * inner + k);
      for (let j = 0; j < columns; j++) {
        data[i * columns + j] = at(data, i * columns + j) + factor * at(right, k * columns + j);
      }
    }
  }
  return { shape: [rows, columns], data };
}

const matmul: Op = {
  arity: 2,
  forward(values) {
    const a = operand(values, 0);
    const b = operand(values, 1);
    const left = asMatrix(a, "left");
    const right = asMatrix(b, "right");
    if (shapeOf(left)[1] !== shapeOf(right)[0]) {
      throw new RangeError(`shapes ${shapeText(shapeOf(a))} and ${shapeText(shapeOf(b))} do not fit together for @`);
    }
    return reshape(product(left, right), [...shapeOf(a).slice(0, -1), ...shapeOf(b).slice(1)]);
  },
  vjp(position, adjoint, _, values) {
    const left = asMatrix(operand(values, 0), "left");
    const right = asMatrix(operand(values, 1), "right");
    const g = reshape(adjoint, [at(shapeOf(left), 0), at(shapeOf(right), 1)]);
    const contribution = position === 0 ? product(g, transpose(right)) : product(transpose(left), g);
    return reshape(contribution, shapeOf(operand(values, position)));
  },
};

/** Where the numbers picked by an index start, how many they are, and their shape. */
function picked(shape: readonly number[], index: number | readonly number[]): { start: number; shape: number[] } {
  const path = typeof index === "number" ? [index] : index;
  if (path.length > shape.length) {
    throw new RangeError(`index [${path.join(", ")}] is too long for shape ${shapeText(shape)}`);
  }
  let start = 0;
  path.forEach((item, axis) => {
    const length = at(shape, axis);
    const position = item < 0 ? item + length : item;
    if (!(position >= 0 && position < length)) {
      throw new RangeError(`index ${item} is outside of shape ${shapeText(shape)}`);
    }
    start = start * length + position;
  });
  const rest = shape.slice(path.length);
  return { start: start * sizeOf(rest), shape: rest };
}

const index: Op = {
  arity: 1,
  forward(values, attributes) {
    const x = operand(values, 0);
    const { start, shape } = picked(shapeOf(x), attributes.index ?? 0);
    return pack(shape, dataOf(x).slice(start, start + sizeOf(shape)));
  },
  vjp(_, adjoint, _out, values, attributes) {
    const shape = shapeOf(operand(values, 0));
    const data = new Float64Array(sizeOf(shape));
    data.set(dataOf(adjoint), picked(shape, attributes.index ?? 0).start);
    return pack(shape, data);
  },
};

const stack: Op = {
  arity: null,
  forward(values) {
    const shape = shapeOf(operand(values, 0));
    const size = sizeOf(shape);
    const data = new Float64Array(values.length * size);
    values.forEach((value, row) => {
      if (!sameShape(shapeOf(value), shape)) {
        throw new RangeError(`shapes ${shapeText(shape)} and ${shapeText(shapeOf(value))} cannot be rows of one array`);
      }
      data.set(dataOf(value), row * size);
    });
    return { shape: [values.length, ...shape], data };
  },
  vjp(position, adjoint, _, values) {
    const shape = shapeOf(operand(values, position));
    const size = sizeOf(shape);
    return pack(shape, dataOf(adjoint).slice(position * size, (position + 1) * size));
  },
};

export const OPS: Readonly<Record<string, Op>> = {
  add: binary((a, b) => a + b, (g) => g, (g) => g),
  sub: binary((a, b) => a - b, (g) => g, (g) => -g),
  mul: binary((a, b) => a * b, (g, _, b) => g * b, (g, a) => g * a),
  div: binary((a, b) => a / b, (g, _, b) => g * (1 / b), (g, a, b) => g * (-(a / b) / b)),
  pow: binary(
    power,
    (g, a, b) => (b === 0 ? 0 : g * (b * power(a, b - 1))),
    (g, a, b) => (a === 0 ? 0 : g * power(a, b) * Math.log(a)),
  ),
  maximum: binary(Math.max, (g, a, b) => g * share(a - b), (g, a, b) => g * share(b - a)),
  minimum: binary(Math.min, (g, a, b) => g * share(b - a), (g, a, b) => g * share(a - b)),
  neg: unary((x) => -x, () => -1),
  exp: unary((x) => Math.exp(x), (_, y) => y),
  log: unary((x) => Math.log(x), (x) => 1 / x),
  sqrt: unary((x) => Math.sqrt(x), (_, y) => 0.5 / y),
  abs: unary((x) => Math.abs(x), (x) => Math.sign(x)),
  sin: unary((x) => Math.sin(x), (x) => Math.cos(x)),
  cos: unary((x) => Math.cos(x), (x) => -Math.sin(x)),
  tanh: unary((x) => Math.tanh(x), (_, y) => 1 - y * y),
  sigmoid: unary(sigmoid, (_, y) => y * (1 - y)),
  relu: unary((x) => (x > 0 ? x : 0), (x) => (x > 0 ? 1 : 0)),
  leaky_relu: unary((x, { slope = 0.01 }) => (x > 0 ? x : slope * x), (x, _, { slope = 0.01 }) => (x > 0 ? 1 : slope)),
  elu: unary(
    (x, { alpha = 1 }) => (x > 0 ? x : alpha * Math.expm1(x)),
    (x, _, { alpha = 1 }) => (x > 0 ? 1 : alpha * Math.exp(x)),
  ),
  softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), sigmoid),
  silu: unary((x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
  erf: unary(erf, (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)),
  gelu: unary((x) => x * normal(x), (x) => normal(x) + x * density(x)),
  sum: {
    arity: 1,
    forward: (values, { axis = null }) => fold(operand(values, 0), axis, 0, plus),
    vjp: (_, adjoint, _out, values, { axis = null }) => spread(adjoint, shapeOf(operand(values, 0)), axis),
  },
  mean: {
    arity: 1,
    forward(values, { axis = null }) {
      const count = countAlong(shapeOf(operand(values, 0)), axis);
      return map(fold(operand(values, 0), axis, 0, plus), (total) => total / count);
    },
    vjp(_, adjoint, _out, values, { axis = null }) {
      const shape = shapeOf(operand(values, 0));
      const count = countAlong(shape, axis);
      return map(spread(adjoint, shape, axis), (g) => g / count);
    },
  },
  max: extreme(-Infinity, Math.max),
  min: extreme(Infinity, Math.min),
  softmax: {
    arity: 1,
    forward: (values, { axis }) => softmax(operand(values, 0), axis ?? -1),
    vjp(_, adjoint, out, _values, { axis }) {
      const weighted = fold(zip(adjoint, out, (g, y) => g * y), axis ?? -1, 0, plus);
      return zip(out, zip(adjoint, spread(weighted, shapeOf(out), axis ?? -1), (g, w) => g - w), (y, g) => y * g);
    },
  },
  log_softmax: {
    arity: 1,
    forward(values, { axis }) {
      const x = shifted(operand(values, 0), axis ?? -1);
      const totals = fold(map(x, Math.exp), axis ?? -1, 0, plus);
      return zip(x, spread(totals, shapeOf(x), axis ?? -1), (item, total) => item - Math.log(total));
    },
    vjp(_, adjoint, out, _values, { axis }) {
      const total = spread(fold(adjoint, axis ?? -1, 0, plus), shapeOf(out), axis ?? -1);
      return zip(adjoint, zip(map(out, Math.exp), total, (y, g) => y * g), (g, taken) => g - taken);
    },
  },
  matmul,
  transpose: {
    arity: 1,
    forward: (values) => transpose(operand(values, 0)),
    vjp: (_, adjoint) => transpose(adjoint),
  },
  reshape: {
    arity: 1,
    forward: (values, { shape = [] }) => reshape(operand(values, 0), shape),
    vjp: (_, adjoint, _out, values) => reshape(adjoint, shapeOf(operand(values, 0))),
  },
  index,
  stack,
};

/** How much of the adjoint the side that is ahead by `lead` gets: all, half at a tie, nothing. */
function share(lead: number): number {
  return lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
}

function countAlong(shape: readonly number[], axis: number | null): number {
  return axis === null ? sizeOf(shape) : at(shape, normalAxis(axis, shape));
}
