/** What the web tests share: small traces made by hand, seeded random numbers, comparison to a relative tolerance. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Attributes } from "../src/ops";
import type { Optimizer } from "../src/optimizers";
import type { Nested, Trace, TraceNode } from "../src/replay";
import { OPS } from "../src/ops";
import { fromNested, toNested } from "../src/tensor";

/** An optimizer as Python writes it, from the golden run of this name, with some of its parameters set anew. */
export function optimizer(run: string, parameters: Record<string, number> = {}): Optimizer {
  const file = join(process.cwd(), "tests", "golden", "runs", `${run}.json`);
  const { trace } = JSON.parse(readFileSync(file, "utf8")) as { trace: { optimizer: Optimizer } };
  return { ...trace.optimizer, parameters: { ...trace.optimizer.parameters, ...parameters } };
}

type Line = readonly [name: string, op: string, parents: readonly (string | number)[], attributes?: Attributes];

/** A trace from lines such as `["z", "mul", ["w", "x"]]`; leaves are given with their values. */
export function graph(
  leaves: Record<string, Nested>,
  lines: readonly Line[],
  settings: Partial<Trace> = {},
): Trace {
  const nodes: TraceNode[] = [];
  const names = Object.create(null) as Record<string, number>;
  const add = (node: TraceNode): number => nodes.push(node) - 1;
  for (const [name, value] of Object.entries(leaves)) names[name] = add({ op: "leaf", value });
  for (const [name, op, given, attributes = {}] of lines) {
    const parents = given.map((parent) =>
      typeof parent === "number" ? add({ op: "const", value: parent }) : (names[parent] as number),
    );
    const inputs = parents.map((parent) => fromNested((nodes[parent] as TraceNode).value));
    const value = toNested((OPS[op] as (typeof OPS)[string]).forward(inputs, attributes));
    names[name] = add({ op, parents, value, attributes });
  }
  return {
    schema: 1,
    nodes,
    names,
    loss: nodes.length - 1,
    parameters: [],
    frozen: [],
    learning_rate: null,
    optimizer: optimizer("sgd"),
    schedule: null,
    update: "simultaneous",
    batches: null,
    adjoints: [],
    contributions: [],
    ...settings,
  };
}

/** Random numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same nesting, and every number equal to a relative tolerance (absolute below 1). */
export function assertClose(actual: unknown, expected: unknown, tolerance: number, where: string): void {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length, `${where}: another shape`);
    expected.forEach((item, k) => assertClose(actual[k], item, tolerance, `${where}[${k}]`));
  } else if (typeof expected === "number") {
    assert.ok(
      typeof actual === "number" && Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
      `${where}: ${actual} instead of ${expected}`,
    );
  } else {
    assert.equal(actual, expected, where);
  }
}
