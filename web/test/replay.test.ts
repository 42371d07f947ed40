/** The replay against the golden traces of the Python core, and what it promises beyond them. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type Nested, Replay, type Trace } from "../src/replay";
import { assertClose, graph, optimizer, seeded } from "./graph";

const TOLERANCE = 1e-12;
const GOLDEN = join(process.cwd(), "tests", "golden", "traces");
const golden = readdirSync(GOLDEN).filter((file) => file.endsWith(".json"));

/** The neuron of the decks: it predicts 1.1 where 2 is wanted. */
const neuron = (settings: Partial<Trace> = {}): Trace =>
  graph(
    { x: 2, w: 0.5, b: 0.1, y: 2 },
    [
      ["product", "mul", ["w", "x"]],
      ["z", "add", ["product", "b"]],
      ["y_hat", "relu", ["z"]],
      ["error", "sub", ["y", "y_hat"]],
      ["L", "pow", ["error", 2]],
    ],
    { parameters: ["w", "b"], learning_rate: 0.01, ...settings },
  );

test("there are golden traces to compare with", () => {
  assert.ok(golden.length >= 5, `only ${golden.length} traces in ${GOLDEN}`);
});

for (const file of golden) {
  test(`${file}: values, adjoints and contributions are those of numpy`, () => {
    const trace = JSON.parse(readFileSync(join(GOLDEN, file), "utf8")) as Trace;
    const again = new Replay(trace).retrace();
    const route = (one: Trace): string => one.contributions.map(([from, to]) => `${from}→${to}`).join(" ");
    assert.equal(route(again), route(trace));
    trace.nodes.forEach((node, k) => assertClose(again.nodes[k]?.value, node.value, TOLERANCE, `value of node ${k}`));
    trace.adjoints.forEach((adjoint, k) => assertClose(again.adjoints[k], adjoint, TOLERANCE, `adjoint of node ${k}`));
    trace.contributions.forEach(([from, to, amount], k) =>
      assertClose(again.contributions[k]?.[2], amount, TOLERANCE, `contribution ${from} to ${to}`),
    );
  });

  test(`${file}: setting every leaf to its own value changes nothing`, () => {
    const trace = JSON.parse(readFileSync(join(GOLDEN, file), "utf8")) as Trace;
    const replay = new Replay(trace);
    const leaves = Object.entries(trace.names).filter(([, node]) => trace.nodes[node]?.op === "leaf");
    const assignments = Object.fromEntries(leaves.map(([name, node]) => [name, trace.nodes[node]?.value as Nested]));
    assert.deepEqual(replay.run(assignments), replay.run());
    assert.deepEqual(replay.run().nonFinite, null);
  });
}

test("the neuron: values, gradients and one step, worked out by hand", () => {
  const { values, gradients, updated, nonFinite } = new Replay(neuron()).run();
  assert.equal(nonFinite, null);
  assertClose([values.z, values.y_hat, values.L], [1.1, 1.1, 0.81], TOLERANCE, "values");
  assertClose([gradients.w, gradients.b, gradients.y, gradients.x], [-3.6, -1.8, 1.8, -0.9], TOLERANCE, "gradients");
  assertClose([updated.w, updated.b], [0.536, 0.118], TOLERANCE, "updated");
});

test("assignments hold for one run, and a learning rate too", () => {
  const replay = new Replay(neuron());
  const moved = replay.run({ w: 0.9, b: 0 }, 0.1);
  assertClose([moved.values.y_hat, moved.gradients.w, moved.updated.w], [1.8, -0.8, 0.98], TOLERANCE, "moved");
  assertClose(replay.run().updated.w, 0.536, TOLERANCE, "as before");
});

test("a frozen parameter keeps its value and its true gradient", () => {
  const { gradients, updated } = new Replay(neuron({ frozen: ["b"] })).run();
  assertClose([gradients.b, updated.b, updated.w], [-1.8, 0.1, 0.536], TOLERANCE, "frozen");
});

test("arrays are replayed as nested lists", () => {
  const trace = graph(
    { W: [[1, 2], [3, 4]], x: [1, -1] },
    [
      ["z", "matmul", ["W", "x"]],
      ["a", "relu", ["z"]],
      ["L", "sum", ["a"]],
    ],
    { parameters: ["W"], learning_rate: 0.5 },
  );
  const { values, gradients, updated } = new Replay(trace).run({ x: [-1, 1] });
  assert.deepEqual([values.z, values.L], [[1, 1], 2]);
  assert.deepEqual(gradients.W, [[-1, 1], [-1, 1]]);
  assert.deepEqual(updated.W, [[1.5, 1.5], [3.5, 3.5]]);
});

test("sequential updates: what goes back past an earlier operand uses the new weight, gradients stay true", () => {
  const run = (parents: readonly string[], more: Partial<Trace>): unknown => {
    const lines = [["h", "mul", ["v", "x"]], ["L", "mul", parents]] as const;
    const settings = { parameters: ["v", "w"], learning_rate: 0.1, ...more };
    const replay = new Replay(graph({ x: 1, v: 3, w: 2 }, lines, settings));
    const { gradients, updated } = replay.run();
    return [gradients.h, replay.retrace().adjoints[3], updated.w, updated.v];
  };
  assertClose(run(["w", "h"], {}), [2, 2, 1.7, 2.8], TOLERANCE, "simultaneous");
  assertClose(run(["w", "h"], { update: "sequential" }), [2, 1.7, 1.7, 2.83], TOLERANCE, "sequential");
  assertClose(run(["h", "w"], { update: "sequential" }), [2, 2, 1.7, 2.8], TOLERANCE, "later operand");
  assertClose(run(["w", "h"], { update: "sequential", frozen: ["w"] }), [2, 2, 2, 2.8], TOLERANCE, "frozen");
});

test("sequential updates: a parameter used twice waits for its second contribution", () => {
  const lines = [["h", "mul", ["w", "x"]], ["L", "mul", ["w", "h"]]] as const;
  const trace = graph({ x: 3, w: 2 }, lines, { parameters: ["w"], learning_rate: 0.1, update: "sequential" });
  const { gradients, updated } = new Replay(trace).run();
  assertClose([gradients.h, gradients.w, updated.w], [2, 12, 0.8], TOLERANCE, "w*w*x");
  assertClose(new Replay(trace).retrace().adjoints, [1.6, 12, 2, 1], TOLERANCE, "the old w up to h, then the new one");
});

test("random graphs: every gradient agrees with central differences", () => {
  const random = seeded(42);
  const unary = ["tanh", "sigmoid", "sin", "cos", "softplus", "neg"];
  const binary = ["add", "sub", "mul"];
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  for (let round = 0; round < 100; round++) {
    const names = ["a", "b", "c"];
    const lines: [string, string, string[]][] = [];
    for (let k = 0; k < 10; k++) {
      const two = random() < 0.5;
      lines.push([`n${k}`, pick(two ? binary : unary), two ? [pick(names), pick(names)] : [pick(names)]]);
      names.push(`n${k}`);
    }
    lines.push(["L", "tanh", ["n9"]]);
    const start = { a: random() * 2 - 1, b: random() * 2 - 1, c: random() * 2 - 1 };
    const replay = new Replay(graph(start, lines));
    const { gradients } = replay.run();
    for (const [name, x] of Object.entries(start)) {
      const h = 1e-5;
      const [up = NaN, down = NaN] = replay.sweep(name, [x + h, x - h], "L");
      assertClose(gradients[name], (up - down) / (2 * h), 1e-7, `round ${round}, ${name}`);
    }
  }
});

test("a sweep gives what as many runs give, and other leaves can be set", () => {
  const replay = new Replay(neuron());
  const points = [-2, -0.05, 0, 0.5, 3];
  const runs = points.map((w) => replay.run({ w, x: 3 }).values.L);
  assert.deepEqual(replay.sweep("w", points, "L", { x: 3 }), runs);
  assert.deepEqual(replay.sweep("w", [1, 2], "y"), [2, 2]);
  assert.deepEqual(replay.sweep("w", [1, 2], "w"), [1, 2]);
  assertClose(replay.run().values.L, 0.81, TOLERANCE, "a run after a sweep");
});

test("a sweep leaves gaps where something is not finite, even when the end is finite again", () => {
  const trace = graph({ x: 1 }, [["inverse", "div", [1, "x"]], ["y", "tanh", ["inverse"]]]);
  assert.deepEqual(new Replay(trace).sweep("x", [0, NaN, 1], "y"), [NaN, NaN, Math.tanh(1)]);
  const still = graph({ x: 1, c: 1 }, [["inverse", "div", [1, "c"]], ["y", "div", ["x", "inverse"]]]);
  assert.deepEqual(new Replay(still).sweep("x", [1, 2], "y", { c: 0 }), [NaN, NaN]);
});

test("a value that is not finite is named by itself, by what follows from it, or by what it comes from", () => {
  const trace = graph({ x: 1, c: 1 }, [["l", "log", ["x"]], ["s", "sub", ["l", "c"]], ["L", "mul", ["s", "s"]]]);
  const { l = 0, L = 0, x = 0 } = trace.names;
  const blame = (names: Record<string, number>): unknown =>
    new Replay({ ...trace, names: { x, ...names } }).run({ x: -1 }).nonFinite;
  assert.deepEqual(blame({ l, L }), { name: "l", op: "log" });
  assert.deepEqual(blame({ L }), { name: "L", op: "log" });
  assert.deepEqual(blame({}), { name: "x", op: "log" });
  assert.deepEqual(blame({ l, alias: l }), { name: "l", op: "log" });
  const { gradients } = new Replay(trace).run({ x: -1 });
  assert.deepEqual(gradients.x, NaN);
});

test("a derivative that is not finite names the op and where it goes", () => {
  const root = graph({ x: 1 }, [["L", "sqrt", ["x"]]]);
  assert.deepEqual(new Replay(root).run({ x: 0 }).nonFinite, { name: "x", op: "sqrt" });
  assert.throws(() => new Replay(root).retrace({ x: 0 }), /sqrt gives no finite number at x/);
});

test("an update that is not finite names the parameter", () => {
  const { nonFinite } = new Replay(neuron()).run({ w: 1e153 }, 1e300);
  assert.deepEqual(nonFinite, { name: "w", op: "sgd" });
});

test("a constant gets no adjoint, and a leaf that the loss does not use has gradient 0", () => {
  const trace = graph({ x: 3, free: [1, 2] }, [["L", "pow", ["x", 2]]]);
  const { adjoints, contributions } = new Replay(trace).retrace();
  assert.deepEqual(adjoints, [6, null, null, 1]);
  assert.deepEqual(contributions, [[3, 0, 6]]);
  assert.deepEqual(new Replay(trace).run().gradients.free, [0, 0]);
});

test("names that mean something to the language are ordinary names", () => {
  const trace = graph(JSON.parse('{"__proto__": 2, "constructor": 3}') as Record<string, number>, [
    ["toString", "mul", ["__proto__", "constructor"]],
  ]);
  const { values, gradients } = new Replay(trace).run(JSON.parse('{"__proto__": 5}') as Record<string, number>);
  assert.deepEqual(Object.entries(values), [["__proto__", 5], ["constructor", 3], ["toString", 15]]);
  assert.equal(gradients.constructor, 5);
});

test("what cannot be replayed is refused in plain words", () => {
  const replay = new Replay(neuron());
  assert.throws(() => replay.run({ q: 1 }), /there is no q here: the names are x, w, b, y/);
  assert.throws(() => replay.run({ z: 1 }), /z is computed, so it cannot be set/);
  assert.throws(() => replay.run({ w: [1, 2] }), /w has shape \(\): it cannot be set to \(2,\)/);
  assert.throws(() => replay.run({ w: NaN }), /w cannot be set to NaN or infinity/);
  assert.throws(() => replay.run({ w: "1" as unknown as number }), /is not a number/);
  assert.throws(() => replay.sweep("z", [1], "L"), /z is computed/);
  const lacking = new Replay(neuron({ optimizer: { ...optimizer("adam"), parameters: {} } }));
  assert.throws(() => lacking.run(), /the rule of adam asks for beta1/);
  assertClose(lacking.run({}, null).gradients.w, -3.6, TOLERANCE, "gradients need no optimizer");
  const foreign = new Replay(neuron({ optimizer: { ...optimizer("sgd"), lines: [["theta", "constructor", "g", "eta"]] } }));
  assert.throws(() => foreign.run(), /the rule of sgd has the operator constructor/);
  assert.throws(() => new Replay(neuron({ schema: 2 })), /schema 2/);
  const unknown = neuron().nodes.map((node) => (node.op === "relu" ? { ...node, op: "constructor" } : node));
  assert.throws(() => new Replay(neuron({ nodes: unknown })), /no op "constructor"/);
});
