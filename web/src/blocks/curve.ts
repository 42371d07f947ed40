/** A function with a point to drag and its tangent. */
import { Engine } from "../engine";
import { formatNumber } from "../format";
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
  /** How far the second point of a secant is at first; null without one. */
  readonly secant: number | null;
}

/** Where the point is, and how far right of it the second one of a secant. */
interface State {
  readonly x: number;
  readonly h: number;
}

export function curve(element: HTMLElement, data: Data, context: Context): Live {
  const engine = new Engine(data.model, data.trace, role(element, "origin"));
  const digits = new Digits(element);
  const slider = element.querySelector<HTMLInputElement>(`input[data-name="${data.variable}"]`)!;
  const nearer = element.querySelector<HTMLInputElement>('input[data-name="h"]');
  const [shownAt, shownValue, shownSlope, verdict] = ["at", "value", "slope", "verdict"].map((name) => role(element, name)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const tangent = svg("line", "tangent");
  const secant = svg("line", "secant");
  const [dot, second] = [svg("circle", "dot", { r: 11 }), svg("circle", "dot second", { r: 9 })];
  let shown = { x: data.at, value: Number.NaN, slope: Number.NaN, h: 0, there: Number.NaN };

  const plot = new Plot(element.querySelector<HTMLElement>(".plot")!, data.spec, draw);
  plot.layer.append(tangent, ...(nearer ? [secant, second] : []), dot);
  explainKeys(element, [["← →", nearer ? "move the point, or the second one nearer" : "move the point"]]);
  const stage = new Stage<State>(element, { start: { x: data.at, h: data.secant ?? 0 }, show, read }, context);
  plot.onDrag((point) => move(point.x));
  slider.addEventListener("input", () => move(slider.valueAsNumber));
  nearer?.addEventListener("input", () => stage.go({ ...stage.state, h: 10 ** nearer.valueAsNumber }, null, true));

  function move(wanted: number): void {
    const x = Math.min(Math.max(wanted, data.domain[0]), data.domain[1]);
    stage.go({ ...stage.state, x }, null, true);
  }

  function read(saved: unknown): State | null {
    const [x, h] = ["x", "h"].map((name) => finite(fields(saved)?.[name])) as [number | null, number | null];
    const fits = x !== null && h !== null && x >= data.domain[0] && x <= data.domain[1] && h >= 0 && h <= (data.secant ?? 0);
    return fits ? { x, h } : null;
  }

  async function show({ x, h }: State): Promise<boolean> {
    const answer = await engine.run({ [data.variable]: x });
    const [there] = h > 0 ? await engine.sweep(data.variable, [x + h], "value", {}) : [null];
    const value = answer.nonFinite ? Number.NaN : (answer.values["value"] as number);
    const slope = answer.nonFinite ? Number.NaN : (answer.gradients[data.variable] as number);
    shown = { x, value, slope, h, there: there ?? Number.NaN };
    tell();
    draw();
    return true;
  }

  function tell(): void {
    const { x, value, slope, h, there } = shown;
    if (nearer) {
      nearer.value = String(Math.log10(h));
      digits.write(role(element, "h"), h, ".4g");
      digits.write(role(element, "secant"), (there - value) / h, ".5g");
    }
    slider.value = String(x);
    digits.write(shownAt, x, ".2f");
    digits.write(shownValue, value, ".3f");
    digits.write(shownSlope, slope, ".3f");
    if (nearer && Number.isFinite(there)) {
      const gap = formatNumber(Math.abs((there - value) / h - slope), ".2g");
      verdict.textContent = `The secant's slope is ${gap} away from the tangent's. Bring h nearer to 0.`;
      return;
    }
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
    if (nearer && Number.isFinite(shown.there)) {
      plot.line(secant, shown.x, shown.value, (shown.there - shown.value) / shown.h);
      place(second, { cx: plot.x(shown.x + shown.h), cy: plot.y(shown.there) });
    }
    place(dot, { cx: plot.x(shown.x), cy: plot.y(shown.value) });
  }

  return {
    show: () => plot.show(),
    hide: () => plot.hide(),
    follow: (other) => stage.follow(other),
  };
}
