/** Learning-rate schedules, worked out by hand. */
import assert from "node:assert/strict";
import test from "node:test";
import { type Schedule, rateAt } from "../src/schedule";
import { assertClose } from "./graph";

const rates = (schedule: Schedule | null, base: number, ...times: number[]): number[] =>
  times.map((t) => rateAt(schedule, base, t));

test("a constant rate, with or without its name", () => {
  assert.deepEqual(rates(null, 0.3, 1, 1000), [0.3, 0.3]);
  assert.deepEqual(rates({ name: "constant" }, 0.3, 1, 1000), [0.3, 0.3]);
});

test("step: the factor comes in after every `size` updates", () => {
  assert.deepEqual(rates({ name: "step", size: 3, factor: 0.5 }, 0.8, 1, 3, 4, 6, 7), [0.8, 0.8, 0.4, 0.4, 0.2]);
});

test("cosine: the base rate at the first update, halfway in the middle, and final for good", () => {
  const halved = 0.1 + 0.5 * (0.9 - 0.1) * (1 + Math.SQRT1_2);
  const found = rates({ name: "cosine", steps: 4, final: 0.1 }, 0.9, 1, 2, 3, 5, 6, 100);
  assertClose(found, [0.9, halved, 0.5, 0.1, 0.1, 0.1], 1e-15, "rates");
});

test("a schedule of another version is refused", () => {
  assert.throws(() => rateAt({ name: "toString" } as unknown as Schedule, 1, 1), /no schedule "toString"/);
});
