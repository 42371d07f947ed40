/** A function taken apart into stages: the value and the slope of each, and the slopes multiplied up, stage by stage. */
import { formatNumber } from "../format";
import { role } from "../page";
import { Plot, type Spec, place, svg } from "../plot";
import type { Context, Live } from "./block";
import { Composition, type StageData, type StageNumbers } from "./composition";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Stage, fields, finite } from "./stage";
import { STEPPING_KEYS, Stepping, asStep } from "./stepping";

interface Data {
  /** The variable, then the stages. */
  readonly names: readonly string[];
  readonly stages: readonly StageData[];
  readonly spec: Spec;
  readonly domain: readonly [number, number];
  readonly at: number;
  /** The formats of the variable and of all other numbers. */
  readonly format: string;
  readonly shown: string;
}

/** Where the variable is, and how many stages are told. */
interface State {
  readonly x: number;
  readonly step: number;
}

export function stages(element: HTMLElement, data: Data, context: Context): Live {
  const composition = new Composition(data.names, data.stages, role(element, "origin"));
  const digits = new Digits(element);
  const all = (name: string): HTMLElement[] => [...element.querySelectorAll<HTMLElement>(`[data-role="${name}"]`)];
  const [values, slopes, soFar, factors] = [all("value"), all("slope"), all("so-far"), all("factors")];
  const told = [...element.querySelectorAll<HTMLElement>("[data-from]")];
  const products = [...element.querySelectorAll<HTMLElement>("[data-only]")];
  const slider = element.querySelector<HTMLInputElement>("input[type=range]")!;
  const verdict = role(element, "verdict");
  const tangent = svg("line", "tangent");
  const dot = svg("circle", "dot", { r: 11 });
  const last = data.stages.length;
  let shown: { state: State; numbers: StageNumbers[] | null } = { state: { x: data.at, step: last }, numbers: null };

  const plot = new Plot(element.querySelector<HTMLElement>(".plot")!, data.spec, draw);
  plot.layer.append(tangent, dot);
  explainKeys(element, [...STEPPING_KEYS, ["← →", "move the point"]]);
  const stepping = new Stepping(
    element,
    last,
    () => stage.state.step,
    (by) =>
      stage.step(async (state) => {
        const step = by(state.step);
        return step === null ? null : { state: { ...state, step }, words: "" };
      }),
  );
  const stage = new Stage<State>(element, { start: { x: data.at, step: last }, show, read }, context);
  plot.onDrag((point) => move(point.x));
  slider.addEventListener("input", () => move(slider.valueAsNumber));

  function move(wanted: number): void {
    const x = Math.min(Math.max(wanted, data.domain[0]), data.domain[1]);
    stage.go({ ...stage.state, x }, null, true);
  }

  function read(saved: unknown): State | null {
    const { x, step } = fields(saved) ?? {};
    const [at, number] = [finite(x), asStep(step, last)];
    return at !== null && at >= data.domain[0] && at <= data.domain[1] && number !== null ? { x: at, step: number } : null;
  }

  async function show(state: State): Promise<boolean> {
    const numbers = await composition.at(state.x);
    shown = { state, numbers };
    tell();
    draw();
    return true;
  }

  function tell(): void {
    const { state, numbers } = shown;
    slider.value = String(state.x);
    digits.write(role(element, "at"), state.x, data.format);
    digits.write(values[0]!, state.x, data.format);
    for (let i = 0; i < last; i++) {
      digits.write(values[i + 1]!, numbers ? numbers[i]!.value : Number.NaN, data.shown);
      digits.write(slopes[i]!, numbers ? numbers[i]!.slope : Number.NaN, data.shown);
      digits.write(soFar[i]!, numbers ? numbers[i]!.soFar : Number.NaN, data.shown);
      factors[i]!.textContent = numbers ? multiplied(numbers.slice(0, i + 1)) : "";
    }
    for (const part of told) {
      const from = Number(part.dataset["from"]);
      part.classList.toggle("is-future", from > state.step);
      part.classList.toggle("is-now", from === state.step && state.step < last);
    }
    for (const part of products) part.hidden = Number(part.dataset["only"]) !== state.step;
    stepping.tell(state.step);
    verdict.textContent = words();
  }

  /** The slopes as a product, the last one first as the chain rule has it. */
  function multiplied(numbers: readonly StageNumbers[]): string {
    const written = numbers.map(({ slope }) => formatNumber(slope, data.shown)).reverse();
    return written.map((text) => (text.startsWith("−") ? `(${text})` : text)).join(" · ");
  }

  function words(): string {
    const { state, numbers } = shown;
    if (!numbers) return "A stage has no value here.";
    if (state.step === 0) return `Only ${data.names[0]} is known. Press Step: one stage after another.`;
    const [name, before] = [data.names[state.step]!, data.names[state.step - 1]!];
    const now = numbers[state.step - 1]!;
    const slope = formatNumber(now.slope, data.shown);
    if (state.step === 1) return `Stage 1: nudge ${before}, and ${name} moves ${slope} times as far.`;
    const so_far = formatNumber(now.soFar, data.shown);
    if (state.step < last) return `Stage ${state.step}: ${name} moves ${slope} times as far as ${before}, and ${so_far} times as far as ${data.names[0]}.`;
    return `All ${last} slopes multiplied are ${so_far}: the slope of the whole, as the tangent has it.`;
  }

  function draw(): void {
    const { state, numbers } = shown;
    const whole = numbers?.[last - 1];
    dot.classList.toggle("is-future", !whole);
    tangent.classList.toggle("is-future", !whole || state.step < last);
    if (!plot.ready || !whole) return;
    plot.line(tangent, state.x, whole.value, whole.soFar);
    place(dot, { cx: plot.x(state.x), cy: plot.y(whole.value) });
  }

  return {
    show: () => plot.show(),
    hide: () => {
      stepping.runner.pause();
      plot.hide();
    },
    follow: (other) => stage.follow(other),
  };
}
