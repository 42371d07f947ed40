/** The product of many equal slopes, on a logarithmic axis: it vanishes, explodes, or stays. */
import { Engine } from "../engine";
import { formatNumber } from "../format";
import { oncePerFrame, role } from "../page";
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
  readonly slope: number;
  readonly slopes: readonly [number, number];
  readonly count: number;
  readonly below: number | null;
  readonly format: string;
}

/** The slope, and how many of them are multiplied. */
interface State {
  readonly slope: number;
  readonly n: number;
}

type Values = readonly (number | null)[];

const SHOWN = ".3g";

export function product(element: HTMLElement, data: Data, context: Context): Live {
  const engine = new Engine(data.model, data.trace, role(element, "origin"));
  const digits = new Digits(element);
  const [slopeSlider, countSlider] = [...element.querySelectorAll<HTMLInputElement>("input[type=range]")] as [HTMLInputElement, HTMLInputElement];
  const [crossing, limit] = ["crossing", "limit"].map((name) => element.querySelector<HTMLElement>(`[data-role="${name}"]`));
  const verdict = role(element, "verdict");
  const counts = Array.from({ length: data.count }, (_, i) => i + 1);
  const line = svg("path", "product-line");
  const points = counts.map(() => svg("circle", "product-point", { r: 7 }));
  const threshold = svg("line", "threshold");
  const guide = svg("line", "guide");
  const mark = svg("text", "product-mark");
  let shown: { state: State; values: Values } = { state: { slope: data.slope, n: data.count }, values: [] };
  let range = (data.spec.layout["yaxis"] as { range: readonly [number, number] }).range;

  const plot = new Plot(element.querySelector<HTMLElement>(".plot")!, data.spec, draw);
  plot.layer.append(threshold, guide, line, ...points, mark);
  const redraw = oncePerFrame(() => void plot.axes({ "yaxis.range": [...range] }));
  explainKeys(element, [["← →", "move the slider that has the focus"]]);
  const stage = new Stage<State>(element, { start: shown.state, show, read }, context);
  slopeSlider.addEventListener("input", () => stage.go({ ...stage.state, slope: slopeSlider.valueAsNumber }, null, true));
  countSlider.addEventListener("input", () => stage.go({ ...stage.state, n: countSlider.valueAsNumber }, null, true));
  plot.onDrag(({ x }) => stage.go({ ...stage.state, n: Math.min(Math.max(Math.round(x), 1), data.count) }, null, true));

  function read(saved: unknown): State | null {
    const { slope, n } = fields(saved) ?? {};
    const [found, count] = [finite(slope), finite(n)];
    if (found === null || found < data.slopes[0] || found > data.slopes[1]) return null;
    return count !== null && counts.includes(count) ? { slope: found, n: count } : null;
  }

  async function show(state: State): Promise<boolean> {
    shown = { state, values: await engine.sweep("n", counts, "value", { s: state.slope }) };
    tell();
    const wanted = rangeOf(shown.values);
    if (wanted[0] !== range[0] || wanted[1] !== range[1]) {
      range = wanted;
      redraw();
    } else draw();
    return true;
  }

  /** The powers of ten that the axis shows: in strides of five, so that it stands still during small moves. */
  function rangeOf(values: Values): [number, number] {
    const sizes = values.filter((value) => value).map((value) => Math.log10(Math.abs(value!)));
    sizes.push(0, Math.log10(data.below ?? 1));
    return [5 * Math.floor(Math.min(...sizes) / 5) - 1, 5 * Math.ceil(Math.max(...sizes) / 5) + 1];
  }

  function tell(): void {
    const { state, values } = shown;
    slopeSlider.value = String(state.slope);
    countSlider.value = String(state.n);
    digits.write(role(element, "slope"), state.slope, data.format);
    digits.write(role(element, "count"), state.n, "d");
    digits.write(role(element, "product"), values[state.n - 1] ?? Number.NaN, SHOWN);
    const first = crossingOf(values, state.slope, data.below);
    if (crossing && limit && data.below !== null) {
      crossing.textContent = first === null ? "not yet" : `n = ${first}`;
      const grows = Math.abs(state.slope) > 1;
      limit.textContent = `${grows ? "above" : "below"} ${formatNumber(grows ? 1 / data.below : data.below, SHOWN)}`;
    }
    verdict.textContent = words(state, values, data.below);
  }

  function draw(): void {
    if (!plot.ready) return;
    const { state, values } = shown;
    const at = (n: number, value: number): [number, number] => [plot.x(n), plot.y(Math.log10(Math.abs(value)))];
    let path = `M${plot.x(0).toFixed(1)} ${plot.y(0).toFixed(1)}`;
    values.forEach((value, i) => {
      const point = points[i]!;
      point.classList.toggle("is-future", !value);
      if (!value) return;
      const [x, y] = at(i + 1, value);
      place(point, { cx: x, cy: y, r: i + 1 === state.n ? 11 : 6 });
      point.classList.toggle("later", i >= state.n);
      point.classList.toggle("negative", value < 0);
      if (i < state.n) path += `L${x.toFixed(1)} ${y.toFixed(1)}`;
    });
    line.setAttribute("d", path);
    const first = crossingOf(values, state.slope, data.below);
    const grows = Math.abs(state.slope) > 1;
    threshold.classList.toggle("is-future", data.below === null);
    for (const part of [guide, mark]) part.classList.toggle("is-future", first === null);
    if (data.below === null) return;
    const level = plot.y(Math.log10(grows ? 1 / data.below : data.below));
    place(threshold, { x1: plot.x(0), x2: plot.x(data.count + 1), y1: level, y2: level });
    if (first === null) return;
    const x = plot.x(first);
    place(guide, { x1: x, x2: x, y1: plot.y(0), y2: level });
    const right = first > data.count / 2; // the words stand where there is more room
    place(mark, { x: x + (right ? -14 : 14), y: (plot.y(0) + level) / 2 });
    mark.setAttribute("text-anchor", right ? "end" : "start");
    mark.textContent = `n = ${first}`;
  }

  return { show: () => plot.show(), hide: () => plot.hide(), follow: (other) => stage.follow(other) };
}

/** The first n whose product is below the threshold, or above its inverse. */
function crossingOf(values: Values, slope: number, below: number | null): number | null {
  const size = Math.abs(slope);
  if (below === null || size === 1) return null;
  const first = values.findIndex((value) => value === null || (size < 1 ? Math.abs(value) < below : Math.abs(value) > 1 / below));
  return first < 0 ? null : first + 1;
}

/** What becomes of the product, in the words that the build uses, too. */
function words({ slope, n }: State, values: Values, below: number | null): string {
  const last = values[n - 1] ?? null;
  const [written, size] = [formatNumber(slope, ".4g"), Math.abs(slope)];
  if (slope === 0) return "Zero: a single slope of 0 stops everything behind it.";
  if (size === 1) return `Steady: ${n} factors of ${written} make ${formatNumber(last!, SHOWN)}, neither more nor less.`;
  const made =
    last === null ? "no number that a computer can hold" : last === 0 ? "less than a computer can tell from 0" : formatNumber(last, SHOWN);
  const said = `${size < 1 ? "Vanishing" : "Exploding"}: ${n} ${n === 1 ? "factor" : "factors"} of ${written} ${size < 1 ? "leave" : "make"} ${made}.`;
  if (below === null) return said;
  const bound = `${size < 1 ? "below" : "above"} ${formatNumber(size < 1 ? below : 1 / below, SHOWN)}`;
  const first = crossingOf(values, slope, below);
  return first === null ? `${said} It is not yet ${bound}.` : `${said} From n = ${first} on it is ${bound}.`;
}
