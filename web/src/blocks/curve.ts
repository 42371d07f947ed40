/** A function with a point to drag and its tangent. */
import { Engine, Latest } from "../engine";
import { formatNumber } from "../format";
import { button, role } from "../page";
import { Plot, type Spec, place, svg } from "../plot";
import type { Trace } from "../replay";
import type { Context, Live } from "./block";

interface Data {
  readonly model: string;
  readonly trace: Trace;
  readonly spec: Spec;
  readonly variable: string;
  readonly domain: readonly [number, number];
  readonly at: number;
}

export function curve(element: HTMLElement, data: Data, context: Context): Live {
  const engine = new Engine(data.model, data.trace, role(element, "origin"));
  const latest = new Latest();
  const slider = element.querySelector<HTMLInputElement>("input[type=range]")!;
  const [shownAt, shownValue, shownSlope, verdict] = ["at", "value", "slope", "verdict"].map((name) => role(element, name)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const tangent = svg("line", "tangent");
  const dot = svg("circle", "dot", { r: 11 });
  let state = { x: data.at, value: Number.NaN, slope: Number.NaN };

  const plot = new Plot(element.querySelector<HTMLElement>(".plot")!, data.spec, draw);
  plot.layer.append(tangent, dot);
  plot.onDrag((point) => move(point.x));
  slider.addEventListener("input", () => move(slider.valueAsNumber));
  button(element, "reset").addEventListener("click", () => move(data.at));
  move(data.at);

  function move(wanted: number, quiet = false): void {
    const x = Math.min(Math.max(wanted, data.domain[0]), data.domain[1]);
    latest.do(async () => {
      const answer = await engine.run({ [data.variable]: x });
      const value = answer.nonFinite ? Number.NaN : (answer.values["value"] as number);
      const slope = answer.nonFinite ? Number.NaN : (answer.gradients[data.variable] as number);
      state = { x, value, slope };
      tell();
      draw();
      if (!quiet) context.publish({ x });
    });
  }

  function tell(): void {
    const { x, value, slope } = state;
    slider.value = String(x);
    shownAt.textContent = formatNumber(x, ".2f");
    const known = Number.isFinite(value);
    shownValue.textContent = known ? formatNumber(value, ".3f") : "none";
    shownSlope.textContent = known ? formatNumber(slope, ".3f") : "none";
    const flat = Math.abs(slope) < 0.005;
    verdict.textContent = !known
      ? "The function has no value here."
      : flat
        ? "Flat: the slope is zero."
        : slope > 0
          ? "Going up: a step to the right raises the value."
          : "Going down: a step to the right lowers the value.";
  }

  function draw(): void {
    if (!plot.ready || !Number.isFinite(state.value)) return;
    plot.line(tangent, state.x, state.value, state.slope);
    place(dot, { cx: plot.x(state.x), cy: plot.y(state.value) });
  }

  return {
    show: () => plot.show(),
    hide: () => plot.hide(),
    follow: (other) => move((other as { x: number }).x, true),
  };
}
