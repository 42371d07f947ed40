/**
 * A function of two variables: a point to drag over its heatmap, with the gradient there, and the two cross-sections
 * through it; if the author wants, the function from the side, too.
 */
import { Engine } from "../engine";
import { role } from "../page";
import { Plot, type Spec, place, svg } from "../plot";
import type { Trace } from "../replay";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Stage, finite, isWriting } from "./stage";

type Pair = readonly [number, number];

/** Where the points of a landscape stand: shares of the three `ranges` along the `axes` from the `origin`, in pixels. */
interface Projection {
  readonly origin: Pair;
  readonly axes: readonly [Pair, Pair, Pair];
  readonly ranges: readonly [Pair, Pair, Pair];
}

interface Data {
  readonly model: string;
  readonly trace: Trace;
  readonly symbol: string;
  readonly landscape: Projection | null;
  readonly spec: Spec & { readonly range: Pair };
  readonly variables: readonly [string, string];
  readonly domains: readonly [Pair, Pair];
  readonly at: Pair;
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

  constructor(host: HTMLElement, domain: Pair, range: Pair) {
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

/** The function from the side: a drawing that stands still, a point on it, and the tangents of both cross-sections. */
class Landscape {
  readonly #dot: SVGCircleElement;
  readonly #tangents = [svg("line", "tangent forward"), svg("line", "tangent backward")];

  constructor(
    readonly host: HTMLElement,
    readonly projection: Projection,
  ) {
    this.#dot = host.querySelector<SVGCircleElement>(".dot")!;
    this.#dot.before(...this.#tangents);
  }

  set([x, y]: Pair, value: number, slopes: Pair): void {
    const [cx, cy] = this.#at(x, y, value);
    place(this.#dot, { cx, cy });
    this.#tangents.forEach((tangent, i) => {
      const [low, high] = this.projection.ranges[i]!;
      const reach = (high - low) / 5;
      const [dx, dy] = i === 0 ? [reach, 0] : [0, reach];
      const [x1, y1] = this.#at(x - dx, y - dy, value - slopes[i]! * reach);
      const [x2, y2] = this.#at(x + dx, y + dy, value + slopes[i]! * reach);
      place(tangent, { x1, y1, x2, y2 });
    });
  }

  #at(...point: readonly [number, number, number]): Pair {
    const { origin, axes, ranges } = this.projection;
    const along = (pixel: 0 | 1): number =>
      point.reduce((sum, v, i) => sum + ((v - ranges[i]![0]) / (ranges[i]![1] - ranges[i]![0])) * axes[i]![pixel], origin[pixel]);
    return [along(0), along(1)];
  }
}

/** Where the point is, and whether the function is seen from the side. */
type State = readonly [x: number, y: number, side: boolean];

/** The longest arrow of a gradient, as a share of the wider side of the map. */
const LONGEST = 0.36;
/** From the middle of the point to where the arrow begins, in pixels. */
const EDGE = 14;
/** A gradient whose arrow would be shorter than this is none to be seen, in pixels. */
const SHORTEST = 3;

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
  const arrow = svg("path", "gradient-arrow");
  const name = svg("text", "gradient-name");
  name.textContent = data.symbol.length === 1 ? `∇${data.symbol}` : "∇"; // others are formulas
  const start: State = [...data.at, false];
  let shown: State = start;
  let slopes: Pair = [0, 0];
  const steepest = steepestOf(data.spec);
  const view = data.landscape && new Landscape(role(element, "landscape"), data.landscape);
  const toggle = element.querySelector<HTMLButtonElement>('[data-action="side"]');

  const map = new Plot(role(element, "map"), data.spec, draw);
  map.layer.append(crossX, crossY, arrow, dot, name);
  const sections = [...element.querySelectorAll<HTMLElement>('[data-role="section"]')].map(
    (host, i) => new Section(host, data.domains[i]!, data.spec.range),
  );
  explainKeys(element, [
    ["← →", "move the point along the slider that has the focus"],
    ...(toggle ? ([["V", "from the side, or from above"]] as const) : []),
  ]);
  const stage = new Stage<State>(element, { start, show, read, save: ([x, y, side]) => (side ? [x, y, side] : [x, y]) }, context);
  map.onDrag((point) => move(point.x, point.y));
  sliders.forEach((slider) => slider.addEventListener("input", () => move(sliders[0]!.valueAsNumber, sliders[1]!.valueAsNumber)));

  toggle?.addEventListener("click", turn);
  element.addEventListener("keydown", (event) => {
    if (!toggle || event.key.toLowerCase() !== "v" || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
    event.preventDefault();
    turn();
  });

  function move(...wanted: Pair): void {
    const [x, y] = wanted.map((v, i) => Math.min(Math.max(v, data.domains[i]![0]), data.domains[i]![1])) as [number, number];
    stage.go([x, y, stage.state[2]], null, true);
  }

  function turn(): void {
    const [x, y, side] = stage.state;
    stage.settle();
    stage.go([x, y, !side], "");
  }

  function read(saved: unknown): State | null {
    if (!Array.isArray(saved) || saved.length < 2 || saved.length > 3) return null;
    const [x, y] = saved.slice(0, 2).map((value, i) => {
      const number = finite(value);
      return number !== null && number >= data.domains[i]![0] && number <= data.domains[i]![1] ? number : null;
    });
    return x == null || y == null ? null : [x, y, saved[2] === true && view !== null];
  }

  async function show(wanted: State): Promise<boolean> {
    const [nameX, nameY] = data.variables;
    const [x, y, side] = wanted;
    const [answer, alongX, alongY] = await Promise.all([
      engine.run({ [nameX]: x, [nameY]: y }),
      engine.sweep(nameX, sections[0]!.points, "value", { [nameY]: y }),
      engine.sweep(nameY, sections[1]!.points, "value", { [nameX]: x }),
    ]);
    if (answer.nonFinite) return false; // the point stays where the function last had a value
    shown = wanted;
    slopes = [answer.gradients[nameX] as number, answer.gradients[nameY] as number];
    const value = answer.values["value"] as number;
    digits.write(shownValue, value, ".3f");
    [alongX, alongY].forEach((values, i) => {
      const at = i === 0 ? x : y;
      sliders[i]!.value = String(at);
      digits.write(shownAt[i]!, at, ".2f");
      digits.write(shownSlopes[i]!, slopes[i]!, ".3f");
      sections[i]!.set(values, at, value, slopes[i]!);
    });
    view?.set([x, y], value, slopes);
    element.classList.toggle("from-the-side", side);
    toggle?.setAttribute("aria-pressed", String(side));
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
    drawArrow(map.x(x), map.y(y));
  }

  /** The gradient, from the point on; all arrows are drawn to one scale, so that a longer one is a steeper place. */
  function drawArrow(x: number, y: number): void {
    const [unitX, unitY] = [map.x(1) - map.x(0), map.y(0) - map.y(1)];
    const [width, height] = [unitX, unitY].map((unit, i) => unit * (data.domains[i]![1] - data.domains[i]![0])) as [number, number];
    const scale = (LONGEST * Math.max(width, height)) / (steepest * Math.max(unitX, unitY));
    const [dx, dy] = [slopes[0] * unitX * scale, -slopes[1] * unitY * scale];
    const length = Math.hypot(dx, dy);
    const seen = length >= SHORTEST;
    arrow.toggleAttribute("hidden", !seen);
    name.toggleAttribute("hidden", !seen);
    if (!seen) return;
    const [ux, uy] = [dx / length, dy / length];
    const [fromX, fromY] = [x + EDGE * ux, y + EDGE * uy];
    const [tipX, tipY] = [fromX + dx, fromY + dy];
    const head = Math.min(16, 6 + 0.4 * length);
    const wing = (turn: number): string => `${(tipX - head * (ux - turn * 0.5 * uy)).toFixed(1)} ${(tipY - head * (uy + turn * 0.5 * ux)).toFixed(1)}`;
    const tip = `${tipX.toFixed(1)} ${tipY.toFixed(1)}`;
    arrow.setAttribute("d", `M${fromX.toFixed(1)} ${fromY.toFixed(1)}L${tip}M${wing(1)}L${tip}L${wing(-1)}`);
    // Its name stands beside the middle of it, on the upper side.
    const up = ux > 0 ? 24 : -24;
    place(name, { x: fromX + dx / 2 + up * uy, y: fromY + dy / 2 - up * ux });
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

/** The largest gradient on the grid of the heatmap, by differences: good enough for the scale of an arrow. */
function steepestOf(spec: Spec): number {
  const { x, y, z } = spec.data[0] as unknown as { x: number[]; y: number[]; z: (number | null)[][] };
  let steepest = 0;
  for (let row = 1; row < y.length; row++) {
    for (let column = 1; column < x.length; column++) {
      const [here, left, below] = [z[row]![column], z[row]![column - 1], z[row - 1]![column]];
      if (here == null || left == null || below == null) continue;
      steepest = Math.max(steepest, Math.hypot((here - left) / (x[column]! - x[column - 1]!), (here - below) / (y[row]! - y[row - 1]!)));
    }
  }
  return steepest || 1;
}
