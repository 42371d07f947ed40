/**
 * A model that is watched while it trains: the course of its loss, stepped or run, at a chosen rate, beside the courses
 * that were kept; the values that the author shows; and for two inputs the output over their plane.
 *
 * A run is settled by its model and its rate. So a state only says which runs are shown and how far: undo, the address
 * and the other windows need no more.
 */
import { Engine } from "../engine";
import { formatNumber } from "../format";
import { button, oncePerFrame, role } from "../page";
import { Plot, place, svg } from "../plot";
import { type Nested, Replay, type Trace } from "../replay";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Runner } from "./runner";
import { Stage, fields, finite, isWriting } from "./stage";

interface Boundary {
  readonly trace: Trace;
  readonly output: string;
  readonly axes: readonly [readonly number[], readonly number[]];
  readonly names: readonly [string, string];
  /** (x, y, target). */
  readonly examples: readonly (readonly [number, number, number])[];
}

interface Run {
  readonly model: string;
  readonly trace: Trace;
  readonly loss: string;
  readonly label: string;
  readonly rate: number;
  readonly parameters: readonly string[];
  readonly boundary: Boundary | null;
}

interface Data {
  readonly runs: readonly Run[];
  readonly show: readonly { readonly value: string; readonly format: string }[];
  readonly rates: readonly [number, number] | null;
  /** How the rate is written. */
  readonly format: string;
  readonly steps: number;
  readonly log: boolean;
  /** So many runs are of models to choose from; behind them, if at all, those with the losses reduced otherwise. */
  readonly models: number;
}

/** One run, and how far it is shown. */
interface Shown {
  readonly model: number;
  readonly rate: number;
  readonly steps: number;
}

interface State extends Shown {
  readonly kept: readonly Shown[];
  readonly log: boolean;
}

/** What is known of a run so far. */
interface Course {
  readonly values: Record<string, Nested[]>;
  length: number;
  diverged: number | null;
}

const MOST_STEPS = 10_000;
/** More would not be told apart. */
const MOST_KEPT = 3;
/** The most updates that one question asks for. */
const STRETCH = 400;

export function training(element: HTMLElement, data: Data, context: Context): Live {
  const engines = data.runs.map((run) => new Engine(run.model, run.trace, role(element, "origin")));
  const courses = new Map<string, Course>();
  const digits = new Digits(element);
  const verdict = role(element, "verdict");
  const update = role(element, "update");
  const readouts = [...element.querySelectorAll<HTMLElement>('[data-role="readout"]')];
  const slider = element.querySelector<HTMLInputElement>("input[type=range]");
  const models = [...element.querySelectorAll<HTMLButtonElement>("[data-model]")];
  const reductions = [...element.querySelectorAll<HTMLButtonElement>("[data-reduction]")];
  const speeds = [...element.querySelectorAll<HTMLButtonElement>("[data-speed]")];
  const log = button(element, "log");
  const keep = button(element, "pin");
  const paths = ["", "pin-0", "pin-1", "pin-2"].map((name) => svg("path", `run ${name}`));
  const ends = paths.map(() => svg("text", "run-end"));
  const dot = svg("circle", "dot", { r: 8 });

  const start: State = { model: 0, rate: data.runs[0]!.rate, steps: data.steps, kept: [], log: data.log };
  let speed = 1;
  let shown = start;
  /** The axes that are drawn: updates, loss, and whether it is logarithmic. */
  let axes = { last: 0, low: 0, high: 0, log: data.log };

  const plot = new Plot(role(element, "course"), frame(), draw);
  plot.layer.append(...paths, dot, ...ends);
  const redraw = oncePerFrame(() => void plot.axes(ranges()));
  const map = data.runs[0]!.boundary && new Plane(role(element, "boundary"), data.runs);
  explainKeys(element, [
    ["S", "step: one update, or as many as chosen"],
    ["P", "run, or pause"],
    ["K", "keep this run beside the next"],
    ["L", "logarithmic or linear axis"],
    ...(reductions.length > 0 ? [["M", "losses averaged or added up"] as const] : []),
  ]);
  const stage = new Stage<State>(element, { start, show, read }, context);
  const runner = new Runner(element, run);
  button(element, "step").addEventListener("click", step);
  keep.addEventListener("click", keepRun);
  log.addEventListener("click", toggleLog);
  slider?.addEventListener("input", () => stage.go({ ...stage.state, rate: slider.valueAsNumber }, null, true));
  models.forEach((choice, model) => choice.addEventListener("click", () => train(model, isOther())));
  for (const choice of reductions) choice.addEventListener("click", () => reduce(choice.dataset["reduction"] === "other"));
  speeds.forEach((choice) => choice.addEventListener("click", () => choose(Number(choice.dataset["speed"]))));
  element.addEventListener("keydown", (event) => {
    const work = { s: step, k: keepRun, l: toggleLog, m: reductions.length > 0 ? () => reduce(!isOther()) : undefined }[event.key.toLowerCase()];
    if (!work || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
    event.preventDefault();
    work();
  });

  // ── what can be done ───────────────────────────────────────────────────────────────────────────────────────────

  function step(): void {
    stage.settle();
    go(stage.state.steps + speed, false);
  }

  /** One tick of a run: from the author's state it begins anew, so that there is something to watch. */
  async function run(): Promise<boolean> {
    const { state } = stage;
    const course = courses.get(key(state));
    const begin = state.steps >= data.steps && state === start ? 0 : state.steps + speed;
    if (begin > MOST_STEPS || (begin > state.steps && course?.diverged != null && state.steps >= course.diverged - 1)) {
      stage.settle();
      return false;
    }
    go(begin, true);
    return true;
  }

  function go(steps: number, join: boolean): void {
    stage.go({ ...stage.state, steps: Math.min(steps, MOST_STEPS) }, null, join);
  }

  function keepRun(): void {
    const { model, rate, steps, kept } = stage.state;
    const others = kept.filter((other) => other.model !== model || other.rate !== rate);
    stage.go({ ...stage.state, kept: [...others, { model, rate, steps }].slice(-MOST_KEPT) }, "Kept. Now choose another rate.");
  }

  function isOther(): boolean {
    return stage.state.model >= data.models;
  }

  function reduce(other: boolean): void {
    train(stage.state.model % data.models, other);
  }

  function train(of: number, other: boolean): void {
    const model = of + (other ? data.models : 0);
    stage.go({ ...stage.state, model, rate: slider?.valueAsNumber ?? data.runs[model]!.rate }, "");
  }

  function toggleLog(): void {
    stage.go({ ...stage.state, log: !stage.state.log });
  }

  function choose(wanted: number): void {
    speed = wanted;
    for (const choice of speeds) choice.setAttribute("aria-checked", String(Number(choice.dataset["speed"]) === speed));
  }

  function read(saved: unknown): State | null {
    const found = readRun(saved);
    const { kept, log: isLog } = fields(saved) ?? {};
    if (!found || !Array.isArray(kept) || kept.length > MOST_KEPT || typeof isLog !== "boolean") return null;
    const others = kept.map(readRun);
    return others.includes(null) ? null : { ...found, kept: others as Shown[], log: isLog };
  }

  function readRun(saved: unknown): Shown | null {
    const { model, rate, steps } = fields(saved) ?? {};
    const numbers = [model, rate, steps].map(finite);
    if (numbers.includes(null)) return null;
    const [index, eta, count] = numbers as [number, number, number];
    const fits = data.runs[index] !== undefined && eta >= 0 && Number.isInteger(count) && count >= 0 && count <= MOST_STEPS;
    return fits ? { model: index, rate: eta, steps: count } : null;
  }

  // ── what it shows ──────────────────────────────────────────────────────────────────────────────────────────────

  function key({ model, rate }: Shown): string {
    return `${model} ${rate}`;
  }

  /** The course of a run, at least as far as it is to be shown. */
  async function known(run: Shown): Promise<Course> {
    const { boundary, parameters, loss } = data.runs[run.model]!;
    const names = [...new Set([loss, ...data.show.map(({ value }) => value), ...(boundary ? parameters : [])])];
    const course = courses.get(key(run)) ?? { values: Object.fromEntries(names.map((name) => [name, []])), length: 0, diverged: null };
    courses.set(key(run), course);
    while (course.length <= run.steps && course.diverged === null) {
      const last = Math.min(run.steps, course.length + STRETCH - 1);
      const { values, diverged } = await engines[run.model]!.course(run.rate, course.length, last, names);
      for (const name of names) course.values[name]!.push(...values[name]!);
      course.length = course.values[loss]!.length;
      course.diverged = diverged;
    }
    return course;
  }

  async function show(state: State, words: string | null): Promise<boolean> {
    let course: Course;
    try {
      course = await known(state);
      await Promise.all(state.kept.map(known));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return false; // a rate or a number of updates from the address that cannot be
    }
    if (course.length === 0) return false; // the start itself has no finite loss
    shown = state;
    const at = Math.min(state.steps, course.length - 1);
    digits.write(update, at, "d");
    data.show.forEach(({ value, format }, i) => digits.write(readouts[i]!, course.values[value]![at] as number, format));
    if (slider) {
      slider.value = String(state.rate);
      digits.write(role(element, "rate"), state.rate, data.format);
    }
    models.forEach((choice, i) => choice.setAttribute("aria-checked", String(i === state.model % data.models)));
    for (const choice of reductions) {
      choice.setAttribute("aria-checked", String((choice.dataset["reduction"] === "other") === state.model >= data.models));
    }
    log.setAttribute("aria-pressed", String(state.log));
    tell(course, state, words);
    map?.paint(state.model, course, at);
    fit();
    return true;
  }

  function tell(course: Course, state: State, words: string | null): void {
    const losses = course.values[data.runs[state.model]!.loss] as number[];
    const lost = course.diverged !== null && state.steps >= course.diverged - 1;
    verdict.dataset["tone"] = lost ? "bad" : "";
    if (lost) verdict.textContent = `Diverged at step ${course.diverged}: the numbers left the finite range. Take a smaller learning rate.`;
    else if (words) verdict.textContent = words;
    else verdict.textContent = `Loss ${formatNumber(losses[0]!, ".3g")} → ${formatNumber(losses[Math.min(state.steps, losses.length - 1)]!, ".3g")} after ${state.steps} updates.`;
  }

  /** Axes that hold all runs that are shown; they only change when they have to, so that nothing jumps. */
  function fit(): void {
    const runs = [shown, ...shown.kept];
    const losses = runs.flatMap((run) => lossesOf(run));
    const last = rounded(Math.max(...runs.map(({ steps }) => steps), data.steps));
    const positive = losses.filter((loss) => loss > 0);
    const [least, most] = [Math.min(...positive, 1), Math.max(...losses, 1e-12)];
    const isLog = shown.log && positive.length > 0;
    const low = isLog ? Math.floor(Math.log10(Math.min(...positive, least))) : Math.min(0, ...losses);
    const high = isLog ? Math.ceil(Math.log10(most) + 1e-9) : axes.log === isLog && axes.high >= most && axes.high < 3 * most ? axes.high : 1.08 * most;
    const changed = axes.last !== last || axes.low !== low || axes.high !== high || axes.log !== isLog;
    axes = { last, low, high, log: isLog };
    if (changed && plot.ready) redraw();
    else draw();
  }

  function ranges(): Record<string, unknown> {
    // A little room, so that the point at the end is whole.
    return { "xaxis.range": [0, 1.02 * axes.last], "yaxis.type": axes.log ? "log" : "linear", "yaxis.range": [axes.low, axes.high] };
  }

  function frame(): { data: Record<string, unknown>[]; layout: Record<string, unknown> } {
    const nothing = { type: "scatter", mode: "lines", x: [0, 1], y: [null, null] };
    return { data: [nothing], layout: { xaxis: { range: [0, data.steps] }, yaxis: { range: [0, 1], exponentformat: "power" }, margin: { l: 84, r: 12, t: 10, b: 62 }, showlegend: false } };
  }

  function lossesOf(run: Shown): number[] {
    const course = courses.get(key(run));
    return course ? (course.values[data.runs[run.model]!.loss] as number[]).slice(0, run.steps + 1) : [];
  }

  function draw(): void {
    if (!plot.ready || axes.last === 0) return;
    const y = (loss: number): number => plot.y(axes.log ? Math.log10(Math.max(loss, 1e-300)) : loss);
    [shown, ...shown.kept, null, null, null].slice(0, paths.length).forEach((run, i) => {
      const losses = run ? lossesOf(run) : [];
      const path = losses.map((loss, n) => `${n ? "L" : "M"}${plot.x(n).toFixed(1)} ${y(loss).toFixed(1)}`).join("");
      paths[i]!.setAttribute("d", path);
      ends[i]!.textContent = run && shown.kept.length > 0 ? nameOf(run) : "";
      if (losses.length > 0) place(ends[i]!, { x: plot.x(losses.length - 1) - 4, y: y(losses.at(-1)!) - 12 });
    });
    const losses = lossesOf(shown);
    if (losses.length > 0) place(dot, { cx: plot.x(losses.length - 1), cy: y(losses.at(-1)!) });
  }

  function nameOf({ model, rate }: Shown): string {
    const { label } = data.runs[model]!;
    return `${label ? `${label}, ` : ""}η = ${formatNumber(rate, null)}`;
  }

  return {
    show: async () => {
      const drawn = plot.ready;
      await plot.show();
      if (!drawn && plot.ready && axes.last > 0) await plot.axes(ranges());
      await map?.plot.show();
    },
    hide: () => {
      runner.pause();
      plot.hide();
      map?.plot.hide();
    },
    follow: (other) => stage.follow(other),
  };
}

/** The next number of updates that makes a good axis. */
function rounded(steps: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(steps, 10)));
  return [1, 2, 5, 10].map((k) => k * power).find((size) => size >= steps)!;
}

/** The output over the plane of the two inputs, repainted as the network trains. */
class Plane {
  readonly plot: Plot;
  readonly #replays: readonly Replay[];
  readonly #boundary: Boundary;
  #z: number[][] = [];
  readonly #repaint = oncePerFrame(() => void this.#recolour());

  constructor(host: HTMLElement, runs: readonly Run[]) {
    this.#boundary = runs[0]!.boundary!;
    this.#replays = runs.map((run) => new Replay(run.boundary!.trace));
    const [x, y] = this.#boundary.axes;
    const spec = {
      data: [{ type: "heatmap", x, y, z: y.map(() => x.map(() => 0.5)), zmin: 0, zmax: 1, zsmooth: "best" }],
      layout: {
        xaxis: { range: [x[0], x.at(-1)], showticklabels: false },
        yaxis: { range: [y[0], y.at(-1)], showticklabels: false },
        margin: { l: 34, r: 2, t: 4, b: 34 },
      },
    };
    this.plot = new Plot(host, spec, () => this.#draw());
  }

  paint(model: number, course: Course, at: number): void {
    const { output, axes } = this.#boundary;
    const parameters = this.#replays[model]!.trace.names;
    const set = Object.entries(course.values).filter(([name]) => this.#isParameter(model, name, parameters));
    const result = this.#replays[model]!.run(Object.fromEntries(set.map(([name, values]) => [name, values[at]!])), null);
    const flat = result.values[output] as number[];
    const width = axes[0].length;
    this.#z = axes[1].map((_, row) => flat.slice(row * width, (row + 1) * width));
    this.#repaint();
  }

  #isParameter(model: number, name: string, names: Readonly<Record<string, number>>): boolean {
    const node = names[name];
    return node !== undefined && this.#replays[model]!.trace.nodes[node]!.op === "leaf";
  }

  async #recolour(): Promise<void> {
    if (this.plot.ready) await this.plot.change({ z: [this.#z] });
  }

  #draw(): void {
    const marks = this.#boundary.examples.map(([x, y, target]) => {
      const [cx, cy] = [this.plot.x(x), this.plot.y(y)];
      const high = target > 0.5;
      return high
        ? svg("circle", "example high", { cx: cx.toFixed(1), cy: cy.toFixed(1), r: 8 })
        : svg("rect", "example", { x: (cx - 7).toFixed(1), y: (cy - 7).toFixed(1), width: 14, height: 14 });
    });
    this.plot.layer.replaceChildren(...marks);
    if (this.#z.length > 0) void this.#recolour();
  }
}
