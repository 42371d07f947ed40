/**
 * A model to play with: sliders for its inputs and parameters, gradient steps, and the point, tangent and path on the
 * curve of its loss. Every change can be undone; what the numbers mean is told in words.
 */
import { type Answer, Engine } from "../engine";
import { formatNumber } from "../format";
import { button, oncePerFrame, role } from "../page";
import { Plot, type Spec, place, svg } from "../plot";
import type { Remembered, Trace } from "../replay";
import { MAX_UPDATES } from "../training";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Runner } from "./runner";
import { Stage, type Stepped, fields, finite, isWriting } from "./stage";

interface Data {
  readonly model: string;
  readonly trace: Trace;
  readonly spec: Spec;
  readonly variable: string;
  readonly domain: readonly [number, number];
  readonly loss: string;
  readonly learningRate: number;
  readonly sliders: readonly { readonly name: string; readonly format: string }[];
  readonly readouts: readonly { readonly value: string; readonly format: string | null }[];
  /** The steps that the author has had taken already, the start among their points; none in a demo of a model. */
  readonly walked?: { readonly path: State["path"]; readonly memories: Remembered } | null;
}

/** All that a demo is at one moment; undo goes back to an earlier one. */
interface State {
  /** Leaves that were set anew. */
  readonly set: Readonly<Record<string, number>>;
  readonly rate: number;
  /** The points that gradient steps came through, as (variable, loss), the current one last. */
  readonly path: readonly (readonly [number, number])[];
  readonly steps: number;
  /** What the optimizer remembers of these steps. */
  readonly memories: Remembered;
}

const RATE = "learning_rate";
/** A path longer than this shows nothing more. */
const LONGEST_PATH = 200;

export function demo(element: HTMLElement, data: Data, context: Context): Live {
  const engine = new Engine(data.model, data.trace, role(element, "origin"));
  const digits = new Digits(element);
  const sliders = [...element.querySelectorAll<HTMLInputElement>("input[type=range]")];
  const shownSliders = [...element.querySelectorAll<HTMLElement>('[data-role="slider"]')];
  const shownReadouts = [...element.querySelectorAll<HTMLElement>('[data-role="readout"]')];
  const verdict = role(element, "verdict");
  const path = svg("path", "descent-path");
  const marks = svg("g", "descent-marks");
  const tangent = svg("line", "tangent");
  const dot = svg("circle", "dot", { r: 11 });

  const leaves = leafValues(data.trace);
  const curveMoves = data.sliders.some(({ name }) => name !== RATE && name !== data.variable);
  const start = authored(data);
  let shown = start;
  let answer: Answer | null = null;

  const plot = new Plot(element.querySelector<HTMLElement>(".plot")!, data.spec, draw);
  plot.layer.append(path, marks, tangent, dot);
  const redrawCurve = oncePerFrame(() => void changeCurve());
  explainKeys(element, [["S", "one step of gradient descent"], ["P", "run, or pause"], ["← →", "move the slider that has the focus"]]);
  const stage = new Stage<State>(element, { start, show, read, save }, context);
  if (data.sliders.some(({ name }) => name === data.variable)) plot.onDrag(({ x }) => slide(data.variable, x));
  sliders.forEach((slider) => slider.addEventListener("input", () => slide(slider.dataset["name"]!, slider.valueAsNumber)));
  const runner = new Runner(element, async () => (await stage.step(step)) && !settled());
  button(element, "step").addEventListener("click", () => void stage.step(step));
  element.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
    event.preventDefault();
    void stage.step(step);
  });

  /** A slider, or the point itself, was moved by hand. One drag is one thing to undo. */
  function slide(name: string, wanted: number): void {
    const slider = sliders.find((other) => other.dataset["name"] === name)!;
    const value = Math.min(Math.max(wanted, Number(slider.min)), Number(slider.max));
    const { state } = stage;
    const by: Partial<State> =
      name === RATE ? { rate: value } : { set: { ...state.set, [name]: value }, path: [], steps: 0, memories: {} };
    stage.go({ ...state, ...by }, null, true);
  }

  async function show(state: State, words: string | null): Promise<boolean> {
    const reply = await ask(state);
    if (!reply) return false;
    if (reply.nonFinite) {
      verdict.textContent = `That is too large a number: ${reply.nonFinite.name} overflows.`;
      return false;
    }
    [shown, answer] = [state, reply];
    tell(words);
    return true;
  }

  /** Null for a state from outside that the model refuses. */
  async function ask({ set, rate, steps, memories }: State): Promise<Answer | null> {
    try {
      return await engine.run(set, rate, steps, memories);
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      return null;
    }
  }

  /** One step of the model's optimizer, as the core makes it. */
  async function step(state: State): Promise<Stepped<State> | null> {
    const now = await ask(state);
    if (!now) return null;
    const number = state.steps + 1;
    const set: Record<string, number> = { ...state.set };
    for (const [name, value] of Object.entries(now.updated)) set[name] = value as number;
    const before = position(now);
    const next = { ...state, set, steps: number, memories: now.memories };
    const reply = now.nonFinite ? now : await ask(next);
    if (!reply || reply.nonFinite) {
      verdict.textContent = `Diverged at step ${number}: the numbers grew beyond all bounds. Undo, or reset and take a smaller learning rate.`;
      verdict.dataset["tone"] = "bad";
      return null;
    }
    const walked = state.path.length > 0 ? state.path : [before];
    const after = position(reply);
    return {
      state: { ...next, path: [...walked, after].slice(-LONGEST_PATH) },
      words: afterStep(before[1], after[1], number, reply),
    };
  }

  /** For the address; the path behind is not worth its length. */
  function save({ set, rate, steps, memories }: State): unknown {
    return { set, rate, steps, memories };
  }

  function read(saved: unknown): State | null {
    const { set, rate, steps, memories, path: points } = fields(saved) ?? {};
    const [values, number, size] = [fields(set), finite(rate), finite(steps)];
    if (!values || !Object.entries(values).every(([name, value]) => name in leaves && finite(value) !== null)) return null;
    if (number === null || number < 0 || size === null || !Number.isInteger(size) || size < 0 || size > MAX_UPDATES) return null;
    const walked = Array.isArray(points) ? (points as State["path"]) : []; // only another window of this deck sends one
    return { set: values as State["set"], rate: number, steps: size, memories: (fields(memories) ?? {}) as Remembered, path: walked };
  }

  function position(of: Answer): [number, number] {
    return [of.values[data.variable] as number, of.values[data.loss] as number];
  }

  // ── what it shows ──────────────────────────────────────────────────────────────────────────────────────────────

  /** `words` say what just happened; null keeps to what the state itself says. */
  function tell(words: string | null): void {
    if (!answer) return;
    const { values, gradients } = answer;
    data.readouts.forEach(({ value, format }, i) => {
      const number = value.startsWith("grad.") ? gradients[value.slice(5)] : values[value];
      digits.write(shownReadouts[i]!, number as number, format);
    });
    tellSliders();
    const [text, tone] = plight(answer) ?? [words ?? "", ""];
    verdict.textContent = text;
    verdict.dataset["tone"] = tone;
    if (curveMoves) redrawCurve();
    draw();
  }

  function tellSliders(): void {
    data.sliders.forEach(({ name, format }, i) => {
      const value = name === RATE ? shown.rate : (shown.set[name] ?? leaves[name]!);
      sliders[i]!.value = String(value);
      digits.write(shownSliders[i]!, value, format);
    });
  }

  /** Whether more steps would show nothing new: there, stuck, or lost. */
  function settled(): boolean {
    if (!answer || plight(answer)) return true;
    const [low, high] = data.domain;
    const [x] = position(answer);
    const moves = data.trace.parameters.some((name) => Math.abs((answer!.updated[name] as number) - (answer!.values[name] as number)) > 1e-9);
    return !moves || x < 2 * low - high || x > 2 * high - low;
  }

  /** States that need words whatever led to them. */
  function plight(of: Answer): [string, string] | null {
    const loss = of.values[data.loss] as number;
    const moving = data.trace.parameters.filter((name) => !data.trace.frozen.includes(name));
    // With a memory, as momentum has one, a gradient of 0 need not be the end.
    const still = moving.every((name) => of.gradients[name] === 0 && of.updated[name] === of.values[name]);
    const dead = deadRelu(data.trace, of);
    if (dead && still) {
      return [`Dead ReLU: ${dead} is negative, so the unit is off. The gradient is 0 and no step can move it. Drag it back by hand.`, "bad"];
    }
    if (Math.abs(loss) < 1e-12) return ["Landed: the loss is 0, there is nothing left to learn.", "good"];
    if (still) return ["Flat: the gradient is 0, so a step changes nothing.", ""];
    return null;
  }

  function afterStep(before: number, now: number, number: number, of: Answer): string {
    const [low, high] = data.domain;
    const [x] = position(of);
    const said = `Step ${number}: loss ${formatNumber(before, ".4g")} → ${formatNumber(now, ".4g")}.`;
    if (x < 2 * low - high || x > 2 * high - low) return `${said} Diverged at step ${number}: the point is far out of the picture, and each step is longer than the last.`;
    if (x < low || x > high) return `${said} The point has left the picture: the steps grow, the learning rate is too large.`;
    if (Math.abs(now - before) <= 1e-9 * Math.abs(before)) return `${said} It jumps across the valley and back: no progress at this learning rate.`;
    if (now > before) return `${said} The loss grew: the step overshoots, the learning rate is too large.`;
    return said;
  }

  function draw(): void {
    if (!answer || !plot.ready) return;
    const [x, loss] = position(answer);
    plot.line(tangent, x, loss, answer.gradients[data.variable] as number);
    place(dot, { cx: plot.x(x), cy: plot.y(loss) });
    const points = shown.path.map(([a, b]) => [plot.x(a), plot.y(b)] as const);
    path.setAttribute("d", points.map(([a, b], i) => `${i ? "L" : "M"}${a.toFixed(1)} ${b.toFixed(1)}`).join(""));
    marks.replaceChildren(...points.slice(0, -1).map(([a, b]) => svg("circle", "descent-mark", { cx: a.toFixed(1), cy: b.toFixed(1), r: 5 })));
  }

  /** Another input than the plotted one has moved, and with it the whole curve. */
  async function changeCurve(): Promise<void> {
    const xs = (data.spec.data[0] as { x: number[] }).x;
    const { [data.variable]: _, ...others } = shown.set;
    const ys = await engine.sweep(data.variable, xs, data.loss, others);
    await plot.change({ y: [ys] });
  }

  return {
    show: () => plot.show(),
    hide: () => {
      runner.pause();
      plot.hide();
    },
    follow: (other) => stage.follow(other),
  };
}

/** The author's state: at the start, or where steps have led from there. */
function authored({ learningRate: rate, walked, variable }: Data): State {
  if (!walked) return { set: {}, rate, path: [], steps: 0, memories: {} };
  const { path, memories } = walked;
  return { set: { [variable]: path.at(-1)![0] }, rate, path, steps: path.length - 1, memories };
}

function leafValues(trace: Trace): Record<string, number> {
  const leaves = Object.entries(trace.names).filter(([, index]) => trace.nodes[index]!.op === "leaf");
  return Object.fromEntries(leaves.map(([name, index]) => [name, trace.nodes[index]!.value as number]));
}

/** The name of a ReLU's input that is negative now, or null. */
function deadRelu(trace: Trace, answer: Answer): string | null {
  for (const node of trace.nodes) {
    if (node.op !== "relu") continue;
    const name = Object.keys(trace.names).find((key) => trace.names[key] === node.parents![0]);
    if (name && (answer.values[name] as number) <= 0) return name;
  }
  return null;
}
