/**
 * Small float64 arrays with broadcasting, for replaying a recorded graph in the page.
 *
 * A `Value` is a plain number (what numpy calls a 0-d array) or a `Tensor`: a shape and its numbers in row-major order.
 * Numbers stay numbers, so that a graph of scalars allocates nothing. Tensors are never changed after they are made.
 * Read them from nested lists with `fromNested`, give them back with `toNested`, compute with `map`, `zip` and `fold`.
 */

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Value = number | Tensor;
export type Nested = number | readonly Nested[];

const NO_AXES: readonly number[] = [];

export function shapeOf(value: Value): readonly number[] {
  return typeof value === "number" ? NO_AXES : value.shape;
}

export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** The numbers of a value in row-major order. The array belongs to the value: do not write to it. */
export function dataOf(value: Value): Float64Array {
  return typeof value === "number" ? Float64Array.of(value) : value.data;
}

/** A value of this shape around `data`; a plain number when the shape has no axes. */
export function pack(shape: readonly number[], data: Float64Array): Value {
  return shape.length === 0 ? at(data, 0) : { shape, data };
}

export function full(shape: readonly number[], number: number): Value {
  return shape.length === 0 ? number : { shape, data: new Float64Array(sizeOf(shape)).fill(number) };
}

/** The element at a position that is known to exist. */
export function at(data: ArrayLike<number>, position: number): number {
  return data[position] as number;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** A shape as numpy prints it: (), (3,), (2, 3). */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** Read nested lists of numbers. Throws TypeError for anything that is no number, for ragged lists and empty ones. */
export function fromNested(nested: unknown): Value {
  if (typeof nested === "number") return nested;
  const shape: number[] = [];
  for (let level = nested; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.includes(0)) throw new TypeError("an empty list has no value: give at least one number");
  const data = new Float64Array(sizeOf(shape));
  let filled = 0;
  const fill = (part: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (Array.isArray(part)) throw new TypeError("the lists have different lengths: make every row equally long");
      if (typeof part !== "number") throw new TypeError(`${String(JSON.stringify(part))} is not a number`);
      data[filled++] = part;
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) {
      throw new TypeError("the lists have different lengths: make every row equally long");
    }
    for (const item of part) fill(item, axis + 1);
  };
  fill(nested, 0);
  return { shape, data };
}

/** The value as nested lists; a number stays a number. */
export function toNested(value: Value): Nested {
  if (typeof value === "number") return value;
  const { shape, data } = value;
  let position = 0;
  const build = (axis: number): Nested =>
    axis === shape.length ? at(data, position++) : Array.from({ length: at(shape, axis) }, () => build(axis + 1));
  return build(0);
}

export function isFiniteValue(value: Value): boolean {
  return typeof value === "number" ? Number.isFinite(value) : value.data.every(Number.isFinite);
}

/** f for every element. */
export function map(a: Value, f: (x: number) => number): Value {
  return typeof a === "number" ? f(a) : { shape: a.shape, data: a.data.map(f) };
}

/**
 * The shape that two shapes broadcast to. Only one side may stretch, to the other's shape: (3, 1) − (3,) is a mistake,
 * not a table of 9. Throws RangeError naming both shapes when they do not fit.
 */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  if (stretchesTo(a, b)) return b;
  if (stretchesTo(b, a)) return a;
  throw new RangeError(`the shapes ${shapeText(a)} and ${shapeText(b)} do not fit: make them equal`);
}

function stretchesTo(shape: readonly number[], wanted: readonly number[]): boolean {
  const missing = wanted.length - shape.length;
  return missing >= 0 && shape.every((length, axis) => length === 1 || length === wanted[axis + missing]);
}

/** For every element of the shape `out`, the position of the element of `shape` that is broadcast to it. */
function broadcastPositions(shape: readonly number[], out: readonly number[]): Int32Array {
  const positions = new Int32Array(sizeOf(out));
  let stride = 1;
  let outStride = 1;
  for (let axis = out.length - 1; axis >= 0; axis--) {
    const length = at(out, axis);
    const own = shape[axis - out.length + shape.length] ?? 1;
    if (own !== 1) {
      for (let p = 0; p < positions.length; p++) {
        positions[p] = at(positions, p) + (Math.floor(p / outStride) % length) * stride;
      }
    }
    stride *= own;
    outStride *= length;
  }
  return positions;
}

/** f for every pair of elements, with broadcasting. Throws RangeError when the shapes do not fit. */
export function zip(a: Value, b: Value, f: (x: number, y: number) => number): Value {
  if (typeof a === "number") {
    return typeof b === "number" ? f(a, b) : { shape: b.shape, data: b.data.map((y) => f(a, y)) };
  }
  if (typeof b === "number") return { shape: a.shape, data: a.data.map((x) => f(x, b)) };
  const other = b.data;
  if (sameShape(a.shape, b.shape)) {
    return { shape: a.shape, data: a.data.map((x, p) => f(x, at(other, p))) };
  }
  const shape = broadcastShape(a.shape, b.shape);
  const left = broadcastPositions(a.shape, shape);
  const right = broadcastPositions(b.shape, shape);
  const data = new Float64Array(left.length);
  for (let p = 0; p < data.length; p++) data[p] = f(at(a.data, at(left, p)), at(other, at(right, p)));
  return { shape, data };
}

export function add(a: Value, b: Value): Value {
  return typeof a === "number" && typeof b === "number" ? a + b : zip(a, b, (x, y) => x + y);
}

/** Repeat a value so that it has this shape. */
export function broadcastTo(value: Value, shape: readonly number[]): Value {
  if (sameShape(shapeOf(value), shape)) return value;
  const data = dataOf(value);
  return pack(shape, Float64Array.from(broadcastPositions(shapeOf(value), shape), (p) => at(data, p)));
}

/** The reverse of broadcasting: add up the elements that came from one element of `shape`. */
export function sumTo(value: Value, shape: readonly number[]): Value {
  if (typeof value === "number" || sameShape(value.shape, shape)) return value;
  const positions = broadcastPositions(shape, value.shape);
  const data = new Float64Array(sizeOf(shape));
  value.data.forEach((x, p) => {
    data[at(positions, p)] = at(data, at(positions, p)) + x;
  });
  return pack(shape, data);
}

/** The axis counted from the front. Throws RangeError when the shape has no such axis. */
export function normalAxis(axis: number, shape: readonly number[]): number {
  const counted = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || counted < 0 || counted >= shape.length) {
    throw new RangeError(`axis ${axis} does not exist in shape ${shapeText(shape)}`);
  }
  return counted;
}

/** The shape after folding this axis away, and the same with the axis kept at length 1 (which broadcasts back). */
export function foldedShapes(shape: readonly number[], axis: number | null): { out: number[]; kept: number[] } {
  if (axis === null) return { out: [], kept: shape.map(() => 1) };
  const folded = normalAxis(axis, shape);
  return { out: shape.filter((_, k) => k !== folded), kept: shape.map((n, k) => (k === folded ? 1 : n)) };
}

/** Fold the elements along an axis (null: all of them) from `start` with f. */
export function fold(value: Value, axis: number | null, start: number, f: (sum: number, x: number) => number): Value {
  const { out, kept } = foldedShapes(shapeOf(value), axis);
  const positions = broadcastPositions(kept, shapeOf(value));
  const data = new Float64Array(sizeOf(out)).fill(start);
  dataOf(value).forEach((x, p) => {
    data[at(positions, p)] = f(at(data, at(positions, p)), x);
  });
  return pack(out, data);
}

/** The same numbers in another shape. Throws RangeError when the sizes differ. */
export function reshape(value: Value, shape: readonly number[]): Value {
  const data = dataOf(value);
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(`shape ${shapeText(shapeOf(value))} cannot be read as ${shapeText(shape)}`);
  }
  return pack(shape, data);
}

/** The axes in reverse order. */
export function transpose(value: Value): Value {
  if (typeof value === "number" || value.shape.length < 2) return value;
  const shape = [...value.shape].reverse();
  const data = new Float64Array(value.data.length);
  value.data.forEach((x, p) => {
    let rest = p;
    let target = 0;
    let stride = data.length;
    for (let axis = value.shape.length - 1; axis >= 0; axis--) {
      const length = at(value.shape, axis);
      stride /= length;
      target += (rest % length) * stride;
      rest = Math.floor(rest / length);
    }
    data[target] = x;
  });
  return { shape, data };
}
