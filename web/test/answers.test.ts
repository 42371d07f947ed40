/** What people type, read as numbers, and what is said of a wrong one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Wrong, judge, readNumber } from "../src/answers.ts";

const VALUES: readonly (readonly [string, number])[] = [
  ["0.5", 0.5],
  ["0,5", 0.5],
  [".5", 0.5],
  ["5.", 5],
  ["+2", 2],
  ["-3.60", -3.6],
  ["−0.041", -0.041],
  ["– 0.041", -0.041],
  ["1e-3", 1e-3],
  ["1,5E-3", 1.5e-3],
  ["4.07×10⁻²", 4.07e-2],
  ["4.07·10^-2", 4.07e-2],
  ["4*10^2", 400],
  ["3/8", 0.375],
  ["-1/3", -1 / 3],
  ["0", 0],
];

test("numbers are read as people type them", () => {
  for (const [text, value] of VALUES) assert.equal(readNumber(text)?.value, value, text);
});

test("everything else is no number", () => {
  const none = ["", "-", ".", "abc", "1,000.5", "1.2.3", "1/0", "1/2/3", "1e999", "0x10", "Infinity", "NaN", "1+1", "alert(1)", "e3", "1".repeat(41)];
  for (const text of none) assert.equal(readNumber(text), null, text);
});

test("how exact a number is follows from how it is typed", () => {
  assert.deepEqual(readNumber("0.0407"), { value: 0.0407, unit: 1e-4, digits: 3 });
  assert.deepEqual(readNumber("1.50e2"), { value: 150, unit: 1, digits: 3 });
  assert.deepEqual(readNumber("3/8"), { value: 0.375, unit: 0, digits: Infinity });
});

/** δ₅ of a small network, with the sign, σ′ left out, another number, and factors rounded. */
const WRONG: readonly Wrong[] = [
  [0.040681125, 0, 0],
  [-0.19028349, 1, 1],
  [-0.030279987, 2, 1],
  [-0.0406, 3, 3],
];
const ASKED = { right: -0.04068112511, tolerance: 5e-5, wrong: WRONG };
const OTHERS: readonly Wrong[] = [
  [-0.036613013, 4, 2],
  [-0.040681125, 5, 2],
];
const said = (text: string) => judge(readNumber(text)!, ASKED, OTHERS);

test("a number is right within the tolerance, and so with all its digits", () => {
  for (const text of ["-0.0407", "-0,0407", "-0.04068112511", "-4.07e-2"]) assert.equal(said(text).state, "right", text);
});

test("mistakes are told by the number that they lead to", () => {
  const told: readonly (readonly [string, readonly number[], boolean])[] = [
    ["0.0407", [0], false],
    ["-0.190", [1], false],
    ["0.19", [1], true],
    ["-0.0303", [2], false],
    ["-0.0366", [4], false],
    ["-0.1902", [1], false],
    ["-0.1900", [], false],
    ["-0.0406", [3], false],
    ["-0.5", [], false],
  ];
  for (const [text, messages, turned] of told) {
    const judged = said(text);
    assert.deepEqual([judged.messages, judged.turned], [messages, turned], text);
  }
});

test("too few digits, too large and too small are told apart", () => {
  assert.deepEqual([said("-0.041").short, said("-0.041").state], [true, "close"]);
  assert.equal(said("-0.0406").state, "close");
  assert.equal(said("-0.5").larger, false);
  assert.equal(said("7").larger, true);
});

test("mistakes with the same number are both told", () => {
  const both = judge(readNumber("0.25")!, { right: 1, tolerance: 0.005, wrong: [[0.25, 7, 1], [0.2504, 8, 1]] });
  assert.deepEqual(both.messages, [7, 8]);
});

test("a single digit has to be exact to be recognised", () => {
  const asked = { right: 9.4, tolerance: 0.05, wrong: [[3.6, 1, 1], [5, 2, 1]] as const };
  assert.deepEqual(judge(readNumber("4")!, asked).messages, []);
  assert.deepEqual(judge(readNumber("5")!, asked).messages, [2]);
});
