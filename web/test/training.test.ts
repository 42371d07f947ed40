/** Training in the page: the golden runs of the Python core, undo, and runs that leave the finite numbers. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type Nested, Replay, type Trace } from "../src/replay";
import { MAX_UPDATES, type Saved, Training } from "../src/training";
import { assertClose, graph, optimizer } from "./graph";

/** What a run that does not diverge may differ by; a single pass by less. */
const TOLERANCE = 1e-9;
const GOLDEN = join(process.cwd(), "tests", "golden", "runs");
const golden = readdirSync(GOLDEN).filter((file) => file.endsWith(".json"));

interface GoldenState {
  readonly steps: number;
  readonly values: Record<string, Nested>;
  readonly gradients: Record<string, Nested>;
  readonly updated: Record<string, Nested>;
}

function read(file: string): { trace: Trace; states: GoldenState[] } {
  return JSON.parse(readFileSync(join(GOLDEN, file), "utf8")) as { trace: Trace; states: GoldenState[] };
}

/** (w − 1)² with its minimum at 1; gradient 2(w − 1). */
const bowl = (settings: Partial<Trace> = {}): Trace =>
  graph({ w: 3, c: 1 }, [["d", "sub", ["w", "c"]], ["L", "mul", ["d", "d"]]], {
    parameters: ["w"],
    learning_rate: 0.25,
    ...settings,
  });

/** Every named number of a part of a result must be the golden one. */
function assertPart(actual: Record<string, Nested>, expected: Record<string, Nested>, tolerance: number, where: string): void {
  for (const [name, value] of Object.entries(expected)) assertClose(actual[name], value, tolerance, `${where} of ${name}`);
}

test("there is a golden run for every optimizer, and one for every schedule", () => {
  const traces = golden.map((file) => read(file).trace);
  const optimizers = new Set(traces.map((trace) => trace.optimizer?.name));
  const schedules = new Set(traces.map((trace) => trace.schedule?.name));
  assert.deepEqual([...optimizers].sort(), ["adam", "adamw", "momentum", "nesterov", "rmsprop", "sgd"]);
  assert.ok(schedules.has("step") && schedules.has("cosine"));
});

for (const file of golden) {
  test(`${file}: values, gradients and parameters are those of numpy, step after step`, () => {
    const { trace, states } = read(file);
    const training = new Training(new Replay(trace));
    for (const { steps, values, gradients, updated } of states) {
      const progress = training.step(steps - training.save().steps);
      assert.equal(progress.steps, steps);
      assert.deepEqual([progress.nonFinite, progress.diverged], [null, null]);
      const tolerance = steps === 0 ? 1e-12 : TOLERANCE;
      assertPart(progress.values, values, tolerance, `value after ${steps}`);
      assertPart(progress.gradients, gradients, tolerance, `gradient after ${steps}`);
      assertPart(progress.updated, updated, tolerance, `update after ${steps}`);
    }
  });

  test(`${file}: one pass is the start of the run`, () => {
    const replay = new Replay(read(file).trace);
    const { steps, diverged, ...result } = new Training(replay).step(0);
    assert.deepEqual([steps, diverged], [0, null]);
    assert.deepEqual(result, replay.run());
  });

  test(`${file}: a place that was saved as JSON is the same place`, () => {
    const replay = new Replay(read(file).trace);
    const training = new Training(replay);
    training.step(4);
    const saved = JSON.parse(JSON.stringify(training.save())) as Saved;
    const later = training.step(3);
    const back = training.restore(saved);
    assert.equal(back.steps, 4);
    assert.deepEqual(training.step(3), later);
    const other = new Training(replay);
    other.restore(saved);
    assert.deepEqual(other.step(3), later);
  });
}

test("gradient descent on a parabola, worked out by hand", () => {
  const training = new Training(new Replay(bowl()));
  const { values, gradients, updated, steps } = training.step();
  assert.deepEqual([steps, values.w, values.L, gradients.w, updated.w], [1, 2, 1, 2, 1.5]);
  assert.deepEqual(training.step(2).values.w, 1.25);
  assert.deepEqual(training.save().steps, 3);
});

test("momentum and nesterov remember: two steps worked out by hand", () => {
  const run = (name: string): Nested[] => {
    const training = new Training(new Replay(bowl({ optimizer: optimizer(name, { momentum: 0.5 }) })));
    return [training.step().values.w as Nested, training.step().values.w as Nested];
  };
  assert.deepEqual(run("momentum"), [2, 1]); // g = 4, v = 4; then g = 2, v = 4
  assert.deepEqual(run("nesterov"), [1.5, 0.875]); // g = 4, v = 4, step by 6η; then g = 1, v = 3, step by 2.5η
});

test("weight decay pulls to zero, in adamw past the running means", () => {
  const still = graph({ w: 2 }, [["L", "mul", ["w", 0]]], { parameters: ["w"], learning_rate: 0.5 });
  const after = (run: string): Nested | undefined => {
    const chosen = optimizer(run, { weight_decay: 0.1 });
    return new Training(new Replay({ ...still, optimizer: chosen })).step().values.w;
  };
  assertClose(after("sgd_decay"), 2 - 0.5 * 0.1 * 2, 1e-12, "sgd");
  assertClose(after("adamw"), 2 - 0.5 * 0.1 * 2, 1e-12, "adamw: only the decay");
  assertClose(after("rmsprop"), 2 - (0.5 * 0.2) / (Math.sqrt(0.05 * 0.04) + 1e-8), 1e-12, "rmsprop: scaled by itself");
});

test("leaves that are set anew hold for the whole run, and so does a learning rate", () => {
  const training = new Training(new Replay(bowl()), { w: 5, c: 3 }, 0.5);
  assert.deepEqual([training.step(0).values.w, training.step().values.w, training.step().values.L], [5, 3, 0]);
});

test("a frozen parameter stays, and its gradient is still told", () => {
  const training = new Training(new Replay(bowl({ parameters: ["w", "c"], frozen: ["c"] })));
  const { values, gradients, updated } = training.step();
  assert.deepEqual([values.c, gradients.c, updated.c, values.w], [1, -2, 1, 2]);
});

test("a run that diverges stops before it, and says at which update", () => {
  const quartic = graph({ w: 3 }, [["s", "mul", ["w", "w"]], ["L", "mul", ["s", "s"]]], {
    parameters: ["w"],
    learning_rate: 1,
  });
  const training = new Training(new Replay(quartic));
  const end = training.step(100);
  const { steps } = end;
  assert.ok(steps > 0 && steps < 100);
  assert.equal(end.diverged, steps + 1);
  assert.deepEqual(end.nonFinite, { name: "s", op: "mul" });
  assert.ok([end.values.w, end.values.L, end.gradients.w].every((x) => Number.isFinite(x)), "the last finite state");
  assert.deepEqual(training.step(5), end);
  const saved = training.save();
  assert.equal(saved.steps, steps);
  const back = training.restore({ ...saved, steps: 0, parameters: { w: 0.1 } });
  assert.deepEqual([back.diverged, back.nonFinite, training.step().steps], [null, null, 1]);
});

test("a parameter that overflows in the update itself is named with the optimizer", () => {
  const steep = graph({ w: 1 }, [["L", "mul", ["w", 1e200]]], { parameters: ["w"], learning_rate: 1e200 });
  const { steps, diverged, nonFinite } = new Training(new Replay(steep)).step(3);
  assert.deepEqual([steps, diverged, nonFinite], [0, 1, { name: "w", op: "sgd" }]);
});

test("a start that is not finite is no divergence, and nothing moves", () => {
  const trace = graph({ w: 1 }, [["L", "log", ["w"]]], { parameters: ["w"], learning_rate: 0.1 });
  const { steps, diverged, nonFinite } = new Training(new Replay(trace), { w: 0 }).step(3);
  assert.deepEqual([steps, diverged, nonFinite], [0, null, { name: "L", op: "log" }]);
});

test("what cannot be trained or restored is refused in plain words", () => {
  const training = new Training(new Replay(bowl()));
  for (const wrong of [-1, 0.5, NaN, MAX_UPDATES + 1]) assert.throws(() => training.step(wrong), /updates are not possible/);
  assert.throws(() => new Training(new Replay(bowl({ learning_rate: null }))), /no learning rate/);
  assert.throws(() => new Training(new Replay(bowl()), { L: 1 }), /L is computed/);
  const saved = training.save();
  assert.throws(() => training.restore({ ...saved, parameters: { w: [1, 2] } }), /cannot be set to \(2,\)/);
  assert.throws(() => training.restore({ ...saved, parameters: {} }), TypeError);
  assert.throws(() => training.restore({ ...saved, memories: { q: { velocity: 1 } } }), /no q here/);
  assert.throws(() => training.restore({ ...saved, steps: -1 }), /updates are not possible/);
  assert.deepEqual(training.save(), saved);
});
