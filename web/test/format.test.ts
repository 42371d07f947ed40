/** Numbers as text: a table of the spellings, and Python's rounding on exact binary values. */
import assert from "node:assert/strict";
import test from "node:test";
import { formatNumber } from "../src/format";
import { seeded } from "./graph";

const TABLE: readonly (readonly [value: number, spec: string | null, text: string])[] = [
  [0.125, ".2f", "0.12"],
  [0.375, ".2f", "0.38"],
  [2.675, ".2f", "2.67"],
  [0.5, ".0f", "0"],
  [1.5, ".0f", "2"],
  [2.5, ".0f", "2"],
  [2.5, ".0e", "2×10⁰"],
  [-1.5, ".2f", "−1.50"],
  [-0.001, ".2f", "0.00"],
  [-0, ".2f", "0.00"],
  [-0, null, "0"],
  [1.5, "+.3f", "+1.500"],
  [-1.5, "+.3f", "−1.500"],
  [1e21, ".0f", "1000000000000000000000"],
  [1234567.891, ",.2f", "1,234,567.89"],
  [-999.5, ",.0f", "−1,000"],
  [2.917e-7, ".3e", "2.917×10⁻⁷"],
  [-2.917e-7, ".1e", "−2.9×10⁻⁷"],
  [9.6, ".1e", "9.6×10⁰"],
  [9.96, ".1e", "1.0×10¹"],
  [1e23, ".3e", "1.000×10²³"],
  [1e23, ".17e", "9.99999999999999916×10²²"],
  [5e-324, ".2e", "4.94×10⁻³²⁴"],
  [1.7976931348623157e308, ".3e", "1.798×10³⁰⁸"],
  [0, ".2e", "0.00×10⁰"],
  [0.256, ".1%", "25.6%"],
  [-0.0001, ".1%", "0.0%"],
  [0.29, "%", "29.000000%"],
  [0.12345678, ".4g", "0.1235"],
  [12345.678, ".4g", "1.235×10⁴"],
  [0.0001, ".4g", "0.0001"],
  [0.00001, ".4g", "1×10⁻⁵"],
  [99999.5, ".5g", "1×10⁵"],
  [0.5, ".0g", "0.5"],
  [0.5, ".3s", "0.500"],
  [-2, "+.3s", "−2.00"],
  [123.4, ".3s", "123"],
  [1234, ".3s", "1.23×10³"],
  [99999.5, ".5s", "1.0000×10⁵"],
  [12345.6, ",.7s", "12,345.60"],
  [1e-7, ".1s", "1×10⁻⁷"],
  [0, ".2s", "0.0"],
  [7, "d", "7"],
  [-12345, ",d", "−12,345"],
  [2, null, "2"],
  [0.1, null, "0.1"],
  [1 / 3, null, "0.333333"],
  [100, null, "100"],
  [1234567, null, "1.23457×10⁶"],
  [-2.5e-9, null, "−2.5×10⁻⁹"],
];

for (const [value, spec, text] of TABLE) {
  test(`${Object.is(value, -0) ? "-0" : value} by ${spec ?? "the default"} is ${text}`, () => {
    assert.equal(formatNumber(value, spec), text);
  });
}

test("ties and their neighbours round as integers say", () => {
  const random = seeded(7);
  for (let round = 0; round < 500; round++) {
    const eighths = Math.floor(random() * 8000); // n/8 ends in 125, 375, 625 or 875 thousandths, exactly
    const thousandths = eighths * 125;
    const rest = thousandths % 10;
    const even = Math.floor(thousandths / 10) % 2 === 0;
    const hundredths = Math.floor(thousandths / 10) + (rest > 5 || (rest === 5 && !even) ? 1 : 0);
    assert.equal(formatNumber(eighths / 8, ".2f"), (hundredths / 100).toFixed(2), `${eighths}/8`);
  }
});

test("where there is no tie, the digits are those of the language itself", () => {
  const random = seeded(11);
  for (let round = 0; round < 500; round++) {
    const value = random() * 10 ** Math.floor(random() * 12 - 4);
    assert.equal(formatNumber(value, ".7f"), value.toFixed(7));
    assert.equal(formatNumber(value, ".9e").split("×")[0], value.toExponential(9).split("e")[0]);
  }
});

test("a format that is none is refused with examples", () => {
  for (const spec of ["", "x", ".2", "f.2", ".2q", ">8.2f", ".1d", "__proto__"]) {
    assert.throws(() => formatNumber(1, spec), /is not a number format: use one like/, spec);
  }
});

test("only finite numbers can be printed", () => {
  for (const value of [NaN, Infinity, -Infinity]) assert.throws(() => formatNumber(value, ".2f"), /finite/);
});
