/** A function of two variables: a point to drag over its heatmap, and the two cross-sections through it. */
import { Engine } from "../engine";
import { role } from "../page";
import { Plot, type Spec, place, svg } from "../plot";
import type { Trace } from "../replay";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Stage, finite } from "./stage";

interface Data {
  readonly model: string;
  readonly trace: Trace;
  readonly spec: Spec & { readonly range: readonly [number, number] };
  readonly variables: readonly [string, string];
  readonly domains: readonly [readonly [number, number], readonly [number, number]];
  readonly at: readonly [number, number];
}

/** Enough points for a smooth cross-section at the width that it is drawn. */
const SECTION_POINTS = 61;

/** One cross-section: the curve along one variable while the other is held. */
class Section {
  readonly plot: Plot;
  readonly points: readonly number[];
  readonly #curve = svg("path", "section-curve");
  readonly #tangent = svg("line", "tangent");
  readonly #dot = svg("circle", "dot", { r: 8 });
  #drawn: { values: readonly (number | null)[]; at: number; value: number; slope: number } | null = null;

  constructor(host: HTMLElement, domain: readonly [number, number], range: readonly [number, number]) {
    this.points = Array.from({ length: SECTION_POINTS }, (_, i) => domain[0] + ((domain[1] - domain[0]) * i) / (SECTION_POINTS - 1));
    // Plotly draws the axes only: the curve changes with every move, so it lives in the overlay.
    const spec = {
      data: [{ type: "scatter", mode: "lines", x: [...domain], y: [null, null] }],
      layout: { xaxis: { range: [...domain] }, yaxis: { range: [...range] }, showlegend: false },
    };
    this.plot = new Plot(host, spec, () => this.#draw());
    this.plot.layer.append(this.#curve, this.#tangent, this.#dot);
  }

  set(values: readonly (number | null)[], at: number, value: number, slope: number): void {
    this.#drawn = { values, at, value, slope };
    this.#draw();
  }

  #draw(): void {
    if (!this.#drawn || !this.plot.ready) return;
    const { values, at, value, slope } = this.#drawn;
    let path = "";
    values.forEach((y, i) => {
      if (y !== null) path += `${path && values[i - 1] != null ? "L" : "M"}${this.plot.x(this.points[i]!).toFixed(1)} ${this.plot.y(y).toFixed(1)}`;
    });
    this.#curve.setAttribute("d", path);
    this.plot.line(this.#tangent, at, value, slope);
    place(this.#dot, { cx: this.plot.x(at), cy: this.plot.y(value) });
  }
}

/** Where the point is, as (x, y). */
type State = readonly [number, number];

export function surface(element: HTMLElement, data: Data, context: Context): Live {
  const engine = new Engine(data.model, data.trace, role(element, "origin"));
  const digits = new Digits(element);
  const sliders = [...element.querySelectorAll<HTMLInputElement>("input[type=range]")];
  const shownAt = [...element.querySelectorAll<HTMLElement>('[data-role="at"]')];
  const shownSlopes = [...element.querySelectorAll<HTMLElement>('[data-role="slope"]')];
  const shownValue = role(element, "value");
  const crossX = svg("line", "cross forward");
  const crossY = svg("line", "cross backward");
  const dot = svg("circle", "dot", { r: 11 });
  let shown: State = data.at;

  const map = new Plot(role(element, "map"), data.spec, draw);
  map.layer.append(crossX, crossY, dot);
  const sections = [...element.querySelectorAll<HTMLElement>('[data-role="section"]')].map(
    (host, i) => new Section(host, data.domains[i]!, data.spec.range),
  );
  explainKeys(element, [["← →", "move the point along the slider that has the focus"]]);
  const stage = new Stage<State>(element, { start: data.at, show, read }, context);
  map.onDrag((point) => move(point.x, point.y));
  sliders.forEach((slider) => slider.addEventListener("input", () => move(sliders[0]!.valueAsNumber, sliders[1]!.valueAsNumber)));

  function move(x: number, y: number): void {
    const wanted = [x, y].map((v, i) => Math.min(Math.max(v, data.domains[i]![0]), data.domains[i]![1]));
    stage.go(wanted as [number, number], null, true);
  }

  function read(saved: unknown): State | null {
    const numbers = Array.isArray(saved) && saved.length === 2 ? saved.map(finite) : [];
    const inside = numbers.every((v, i) => v !== null && v >= data.domains[i]![0] && v <= data.domains[i]![1]);
    return numbers.length === 2 && inside ? (numbers as [number, number]) : null;
  }

  async function show(wanted: State): Promise<boolean> {
    const [nameX, nameY] = data.variables;
    const [answer, alongX, alongY] = await Promise.all([
      engine.run({ [nameX]: wanted[0], [nameY]: wanted[1] }),
      engine.sweep(nameX, sections[0]!.points, "value", { [nameY]: wanted[1] }),
      engine.sweep(nameY, sections[1]!.points, "value", { [nameX]: wanted[0] }),
    ]);
    if (answer.nonFinite) return false; // the point stays where the function last had a value
    shown = wanted;
    const value = answer.values["value"] as number;
    digits.write(shownValue, value, ".3f");
    [alongX, alongY].forEach((values, i) => {
      const slope = answer.gradients[data.variables[i]!] as number;
      sliders[i]!.value = String(wanted[i]);
      digits.write(shownAt[i]!, wanted[i]!, ".2f");
      digits.write(shownSlopes[i]!, slope, ".3f");
      sections[i]!.set(values, wanted[i]!, value, slope);
    });
    draw();
    return true;
  }

  function draw(): void {
    if (!map.ready) return;
    const [x, y] = shown;
    const [[left, right], [bottom, top]] = data.domains;
    place(crossX, { x1: map.x(left), x2: map.x(right), y1: map.y(y), y2: map.y(y) });
    place(crossY, { x1: map.x(x), x2: map.x(x), y1: map.y(bottom), y2: map.y(top) });
    place(dot, { cx: map.x(x), cy: map.y(y) });
  }

  return {
    show: async () => {
      await map.show();
      for (const section of sections) await section.plot.show();
    },
    hide: () => [map, ...sections.map((section) => section.plot)].forEach((plot) => plot.hide()),
    follow: (other) => stage.follow(other),
  };
}
