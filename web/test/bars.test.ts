/** Bars whose names are read: in lines below, or beside bars that lie; each letter is ten pixels wide here. */
import assert from "node:assert/strict";
import test from "node:test";
import { fitted } from "../src/bars";
import type { Spec } from "../src/plot";

const measure = (text: string): number => 10 * text.length;

function bars(labels: string[], values: number[]): Spec {
  return {
    data: [{ type: "bar", x: labels.map((_, i) => i), y: values, text: values.map(String), meta: { tones: values.map(() => "forward") } }],
    layout: { xaxis: { tickvals: labels.map((_, i) => i), ticktext: labels, showgrid: false }, yaxis: { range: [0, 10] }, showlegend: false },
  };
}

const axis = (spec: Spec, name: string): Record<string, unknown> => spec.layout[name] as Record<string, unknown>;

test("names that fit stand below their bars, in lines of whole words", () => {
  const spec = fitted(bars(["one", "a longer name", "b"], [1, 2, 3]), 376, 300, measure);
  assert.deepEqual(axis(spec, "xaxis")["ticktext"], ["one", "a longer<br>name", "b"]);
  assert.equal(axis(spec, "xaxis")["tickangle"], 0);
  assert.deepEqual(spec.data[0]!["y"], [1, 2, 3]);
});

test("where a word is too long, the bars lie, the first one on top, with room for the numbers behind them", () => {
  const spec = fitted(bars(["convolutional", "b"], [-1, 30]), 226, 300, measure, "error");
  const [bar] = spec.data;
  assert.equal(bar!["orientation"], "h");
  assert.deepEqual([bar!["x"], bar!["y"]], [[-1, 30], [0, 1]]);
  assert.deepEqual(axis(spec, "yaxis")["ticktext"], ["convolutional", "b"]);
  assert.deepEqual(axis(spec, "yaxis")["range"], [1.5, -0.5]);
  assert.deepEqual((axis(spec, "xaxis")["title"] as { text: string }).text, "error");
  const [low, high] = axis(spec, "xaxis")["range"] as [number, number];
  assert.ok(low < -1 && high > 30);
});

test("the numbers of bars that all point one way leave the other side at zero", () => {
  const range = (values: number[]): unknown => axis(fitted(bars(["convolutional", "b"], values), 226, 300, measure), "xaxis")["range"];
  assert.equal((range([1, 2]) as number[])[0], 0);
  assert.equal((range([-1, -2]) as number[])[1], 0);
  assert.equal((range([0, 0]) as number[])[0], 0);
});

test("more bars than a plot has lines for stay as they are, and so does everything else", () => {
  const many = bars(Array.from({ length: 40 }, (_, i) => `number${i}`), Array.from({ length: 40 }, () => 1));
  assert.equal(fitted(many, 400, 300, measure), many);
  const line: Spec = { data: [{ type: "scatter" }], layout: {} };
  assert.equal(fitted(line, 10, 10, measure), line);
});

test("what is marked up stays whole", () => {
  const spec = fitted(bars(["<b>two words</b>", "b"], [1, 2]), 300, 300, measure);
  assert.equal(spec.data[0]!["orientation"], "h");
  assert.deepEqual(axis(spec, "yaxis")["ticktext"], ["<b>two words</b>", "b"]);
});
