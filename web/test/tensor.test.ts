/** Arrays: reading and writing nested lists, broadcasting and its reverse. */
import assert from "node:assert/strict";
import test from "node:test";
import { broadcastShape, broadcastTo, fold, fromNested, sumTo, toNested, transpose, zip } from "../src/tensor";

test("nested lists are read and given back", () => {
  for (const nested of [3, [1, 2], [[1, 2], [3, 4], [5, 6]], [[[1]], [[2]]]]) {
    assert.deepEqual(toNested(fromNested(nested)), nested);
  }
});

test("what is no array of numbers is refused", () => {
  for (const wrong of ["1", null, undefined, true, [], [[]], [[1], [1, 2]], [1, [2]], [[1], 2], [1, "2"], [null], {}]) {
    assert.throws(() => fromNested(wrong), TypeError, JSON.stringify(wrong));
  }
});

test("one shape stretches to the other, never both", () => {
  assert.throws(() => broadcastShape([2, 1], [3]), /\(2, 1\) and \(3,\)/);
  assert.deepEqual(broadcastShape([1, 3], [2, 3]), [2, 3]);
  assert.deepEqual(broadcastShape([], [4]), [4]);
  assert.throws(() => broadcastShape([2, 3], [2]), /\(2, 3\) and \(2,\)/);
  const rows = zip(fromNested([[10], [20]]), fromNested([[1, 2], [3, 4]]), (a, b) => a + b);
  assert.deepEqual(toNested(rows), [[11, 12], [23, 24]]);
});

test("summing back undoes broadcasting", () => {
  const ones = broadcastTo(1, [2, 3]);
  assert.deepEqual(toNested(ones), [[1, 1, 1], [1, 1, 1]]);
  assert.equal(toNested(sumTo(ones, [])), 6);
  assert.deepEqual(toNested(sumTo(ones, [3])), [2, 2, 2]);
  assert.deepEqual(toNested(sumTo(ones, [2, 1])), [[3], [3]]);
});

test("axes are folded and turned round", () => {
  const value = fromNested([[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(toNested(fold(value, 0, 0, (sum, x) => sum + x)), [5, 7, 9]);
  assert.deepEqual(toNested(fold(value, -1, 0, (sum, x) => sum + x)), [6, 15]);
  assert.equal(toNested(fold(value, null, 0, (sum, x) => sum + x)), 21);
  assert.throws(() => fold(value, 2, 0, (sum) => sum), /axis 2/);
  assert.deepEqual(toNested(transpose(value)), [[1, 4], [2, 5], [3, 6]]);
});
