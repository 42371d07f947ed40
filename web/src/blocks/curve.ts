/** A function with a point to drag and its tangent. */
import { Engine } from "../engine";
import { role } from "../page";
import { Plot, type Spec, place, svg } from "../plot";
import type { Trace } from "../replay";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Stage, fields, finite } from "./stage";

interface Data {
  readonly model: string;
  readonly trace: Trace;
  readonly spec: Spec;
  readonly variable: string;
  readonly domain: readonly [number, number];
  readonly at: number;
}

/** Where the point is. */
interface State {
  readonly x: number;
}

export function curve(element: HTMLElement, data: Data, context: Context): Live {
  const engine = new Engine(data.model, data.trace, role(element, "origin"));
  const digits = new Digits(element);
  const slider = element.querySelector<HTMLInputElement>("input[type=range]")!;
  const [shownAt, shownValue, shownSlope, verdict] = ["at", "value", "slope", "verdict"].map((name) => role(element, name)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const tangent = svg("line", "tangent");
  const dot = svg("circle", "dot", { r: 11 });
  let shown = { x: data.at, value: Number.NaN, slope: Number.NaN };

  const plot = new Plot(element.querySelector<HTMLElement>(".plot")!, data.spec, draw);
  plot.layer.append(tangent, dot);
  explainKeys(element, [["← →", "move the point"]]);
  const stage = new Stage<State>(element, { start: { x: data.at }, show, read }, context);
  plot.onDrag((point) => move(point.x));
  slider.addEventListener("input", () => move(slider.valueAsNumber));

  function move(wanted: number): void {
    const x = Math.min(Math.max(wanted, data.domain[0]), data.domain[1]);
    stage.go({ x }, null, true);
  }

  function read(saved: unknown): State | null {
    const x = finite(fields(saved)?.["x"]);
    return x !== null && x >= data.domain[0] && x <= data.domain[1] ? { x } : null;
  }

  async function show({ x }: State): Promise<boolean> {
    const answer = await engine.run({ [data.variable]: x });
    const value = answer.nonFinite ? Number.NaN : (answer.values["value"] as number);
    const slope = answer.nonFinite ? Number.NaN : (answer.gradients[data.variable] as number);
    shown = { x, value, slope };
    tell();
    draw();
    return true;
  }

  function tell(): void {
    const { x, value, slope } = shown;
    slider.value = String(x);
    digits.write(shownAt, x, ".2f");
    digits.write(shownValue, value, ".3f");
    digits.write(shownSlope, slope, ".3f");
    const flat = Math.abs(slope) < 0.005;
    verdict.textContent = !Number.isFinite(value)
      ? "The function has no value here."
      : flat
        ? "Flat: the slope is zero."
        : slope > 0
          ? "Going up: a step to the right raises the value."
          : "Going down: a step to the right lowers the value.";
  }

  function draw(): void {
    if (!plot.ready || !Number.isFinite(shown.value)) return;
    plot.line(tangent, shown.x, shown.value, shown.slope);
    place(dot, { cx: plot.x(shown.x), cy: plot.y(shown.value) });
  }

  return {
    show: () => plot.show(),
    hide: () => plot.hide(),
    follow: (other) => stage.follow(other),
  };
}
