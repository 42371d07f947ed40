/** Every op of the table: its vector-Jacobian products against central differences, and its conventions at kinks. */
import assert from "node:assert/strict";
import test from "node:test";
import { type Attributes, OPS } from "../src/ops";
import { type Value, dataOf, fromNested, map, pack, shapeOf, sizeOf, toNested } from "../src/tensor";
import { assertClose, seeded } from "./graph";

interface Case {
  readonly shapes: readonly (readonly number[])[];
  readonly attributes?: Attributes;
  /** Where the random inputs come from; [-2, 2] unless told. */
  readonly range?: readonly [number, number];
}

const ELEMENTWISE: Case[] = [{ shapes: [[]] }, { shapes: [[3]] }, { shapes: [[2, 3]] }];
const PAIRS: Case[] = [
  { shapes: [[], []] },
  { shapes: [[3], []] },
  { shapes: [[], [2, 2]] },
  { shapes: [[2, 3], [2, 3]] },
  { shapes: [[2, 3], [3]] },
  { shapes: [[2, 1], [2, 4]] },
  { shapes: [[1, 3], [2, 3]] },
];
const FOLDS: Case[] = [
  { shapes: [[4]] },
  { shapes: [[2, 3]] },
  { shapes: [[2, 3]], attributes: { axis: 0 } },
  { shapes: [[2, 3]], attributes: { axis: -1 } },
  { shapes: [[2, 2, 3]], attributes: { axis: 1 } },
];
const SOFT: Case[] = [{ shapes: [[3]] }, { shapes: [[2, 3]] }, { shapes: [[2, 3]], attributes: { axis: 0 } }];
const positive = (cases: Case[]): Case[] => cases.map((one) => ({ ...one, range: [0.3, 2.5] }));

const CASES: Record<string, Case[]> = {
  add: PAIRS,
  sub: PAIRS,
  mul: PAIRS,
  div: positive(PAIRS),
  pow: positive(PAIRS),
  maximum: PAIRS,
  minimum: PAIRS,
  neg: ELEMENTWISE,
  exp: ELEMENTWISE,
  log: positive(ELEMENTWISE),
  sqrt: positive(ELEMENTWISE),
  abs: ELEMENTWISE,
  sin: ELEMENTWISE,
  cos: ELEMENTWISE,
  tanh: ELEMENTWISE,
  sigmoid: ELEMENTWISE,
  relu: ELEMENTWISE,
  leaky_relu: [...ELEMENTWISE, { shapes: [[3]], attributes: { slope: 0.2 } }],
  elu: [...ELEMENTWISE, { shapes: [[3]], attributes: { alpha: 0.7 } }],
  softplus: ELEMENTWISE,
  silu: ELEMENTWISE,
  erf: ELEMENTWISE,
  gelu: ELEMENTWISE,
  sum: FOLDS,
  mean: FOLDS,
  max: FOLDS,
  min: FOLDS,
  softmax: SOFT,
  log_softmax: SOFT,
  matmul: [
    { shapes: [[3], [3]] },
    { shapes: [[2, 3], [3]] },
    { shapes: [[2], [2, 3]] },
    { shapes: [[2, 3], [3, 4]] },
  ],
  transpose: [{ shapes: [[3]] }, { shapes: [[2, 3]] }, { shapes: [[2, 3, 2]] }],
  reshape: [
    { shapes: [[6]], attributes: { shape: [2, 3] } },
    { shapes: [[2, 2]], attributes: { shape: [4] } },
    { shapes: [[1]], attributes: { shape: [] } },
  ],
  index: [
    { shapes: [[4]], attributes: { index: 2 } },
    { shapes: [[2, 3]], attributes: { index: -1 } },
    { shapes: [[2, 3]], attributes: { index: [1, 0] } },
  ],
  stack: [{ shapes: [[], [], []] }, { shapes: [[3], [3]] }, { shapes: [[2, 2]] }],
};

/** Σ weights · value: one number that depends on every element. */
function weighted(value: Value, weights: Float64Array): number {
  return dataOf(value).reduce((total, x, p) => total + x * (weights[p] as number), 0);
}

/** The value with one element moved by h. */
function moved(value: Value, position: number, h: number): Value {
  return pack(shapeOf(value), dataOf(value).map((x, p) => (p === position ? x + h : x)));
}

test("every op of the table has cases here", () => {
  assert.deepEqual(Object.keys(OPS).sort(), Object.keys(CASES).sort());
});

for (const [name, cases] of Object.entries(CASES)) {
  test(`${name}: the contribution to every parent agrees with central differences`, () => {
    const op = OPS[name] as (typeof OPS)[string];
    const random = seeded(20260701);
    for (const { shapes, attributes = {}, range = [-2, 2] } of cases) {
      for (let round = 0; round < 20; round++) {
        const inputs = shapes.map((shape) =>
          pack(shape, Float64Array.from({ length: sizeOf(shape) }, () => range[0] + (range[1] - range[0]) * random())),
        );
        const out = op.forward(inputs, attributes);
        const weights = dataOf(out).map(() => random() - 0.5);
        const adjoint = pack(shapeOf(out), weights);
        inputs.forEach((input, position) => {
          const contribution = op.vjp(position, adjoint, out, inputs, attributes);
          assert.deepEqual(shapeOf(contribution), shapeOf(input), `${name}: shape of a contribution`);
          dataOf(input).forEach((x, p) => {
            const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(x));
            const shifted = [h, -h].map((by) => inputs.map((one, k) => (k === position ? moved(one, p, by) : one)));
            const [up = NaN, down = NaN] = shifted.map((values) => weighted(op.forward(values, attributes), weights));
            const where = `${name} ${JSON.stringify(shapes)} parent ${position} element ${p}`;
            assertClose(dataOf(contribution)[p], (up - down) / (2 * h), 1e-7, where);
          });
        });
      }
    }
  });
}

test("the values at kinks and ties are the ones of the Python table", () => {
  const vjp = (op: string, ...values: number[]): number[] => {
    const rule = OPS[op] as (typeof OPS)[string];
    return values.map((_, position) => rule.vjp(position, 1, rule.forward(values, {}), values, {}) as number);
  };
  assert.deepEqual(vjp("relu", 0), [0]);
  assert.deepEqual(vjp("abs", 0), [0]);
  assert.deepEqual(vjp("leaky_relu", 0), [0.01]);
  assert.deepEqual(vjp("elu", 0), [1]);
  assert.deepEqual(vjp("maximum", 3, 3), [0.5, 0.5]);
  assert.deepEqual(vjp("minimum", 3, 3), [0.5, 0.5]);
  assert.deepEqual(vjp("pow", 0, 0), [0, 0]);
  assert.deepEqual(vjp("pow", 0, 2), [0, 0]);
  assert.deepEqual(vjp("pow", -2, 2), [-4, NaN]);
});

test("elements that tie for a maximum share its adjoint equally", () => {
  const op = OPS.max as (typeof OPS)[string];
  const values = [fromNested([[1, 4], [4, 4]])];
  assert.deepEqual(toNested(op.vjp(0, 3, 4, values, {})), [[0, 1], [1, 1]]);
  const columns = op.forward(values, { axis: 0 });
  assert.deepEqual(toNested(op.vjp(0, fromNested([1, 2]), columns, values, { axis: 0 })), [[0, 1], [1, 1]]);
});

test("erf has the values of the tables, on all three of its intervals and beyond", () => {
  const known: [number, number][] = [
    [0, 0],
    [0.1, 0.112462916018284892],
    [0.46875, 0.492613473217937745],
    [0.5, 0.520499877813046538],
    [1, 0.842700792949714869],
    [2, 0.995322265018952734],
    [4, 0.999999984582742099],
    [5, 0.999999999998462540],
    [7, 1],
    [Infinity, 1],
  ];
  for (const [x, y] of known) {
    assertClose(OPS.erf?.forward([x], {}), y, 5e-16, `erf(${x})`);
    assertClose(OPS.erf?.forward([-x], {}), -y, 5e-16, `erf(-${x})`);
  }
  assert.ok(Number.isNaN(OPS.erf?.forward([NaN], {})));
});

test("gelu and silu have the values and slopes that their papers' formulas give", () => {
  const both = (name: string, x: number): unknown[] => {
    const op = OPS[name] as (typeof OPS)[string];
    const y = op.forward([x], {});
    return [y, op.vjp(0, 1, y, [x], {})];
  };
  assertClose(both("gelu", 0), [0, 0.5], 1e-15, "gelu at 0");
  assertClose(both("gelu", 1), [0.841344746068542949, 1.0833154705876864], 1e-14, "x Φ(x) and Φ(x) + x φ(x) at 1");
  assertClose(both("silu", 0), [0, 0.5], 1e-15, "silu at 0");
  assertClose(both("silu", 1), [0.731058578630004879, 0.9276705118714869], 1e-14, "x σ(x) at 1");
});

test("large inputs stay finite where the function is", () => {
  const forward = (op: string, x: unknown): unknown =>
    toNested((OPS[op] as (typeof OPS)[string]).forward([fromNested(x)], {}));
  assert.equal(forward("sigmoid", -1000), 0);
  assert.equal(forward("sigmoid", 1000), 1);
  assert.equal(forward("softplus", 1000), 1000);
  assert.equal(forward("softplus", -1000), 0);
  assert.deepEqual([forward("gelu", -1000), forward("gelu", 1000)].map(Math.abs as (x: unknown) => number), [0, 1000]);
  assert.deepEqual([forward("silu", -1000), forward("silu", 1000)].map(Math.abs as (x: unknown) => number), [0, 1000]);
  assert.deepEqual(forward("softmax", [1000, -1000]), [1, 0]);
  assert.deepEqual(forward("log_softmax", [1000, -1000]), [0, -2000]);
});

test("shapes that do not fit are refused, and the message names both", () => {
  const forward = (op: string, ...values: unknown[]): unknown =>
    (OPS[op] as (typeof OPS)[string]).forward(values.map(fromNested), {});
  assert.throws(() => forward("add", [1, 2], [1, 2, 3]), /\(2,\) and \(3,\)/);
  assert.throws(() => forward("matmul", [[1, 2]], [[1, 2]]), /\(1, 2\) and \(1, 2\)/);
  assert.throws(() => forward("matmul", 1, [1]), /shape \(\)/);
  assert.throws(() => forward("stack", [1, 2], 3), /\(2,\) and \(\)/);
  assert.throws(() => (OPS.index as (typeof OPS)[string]).forward([fromNested([1, 2])], { index: 2 }), /outside/);
});

test("map leaves its argument as it was", () => {
  const value = fromNested([1, 2]);
  map(value, (x) => -x);
  assert.deepEqual(toNested(value), [1, 2]);
});
