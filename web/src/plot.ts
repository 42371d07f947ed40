/**
 * A plot on a slide: Plotly draws the part that stands still, an SVG overlay holds what moves.
 *
 * Moving a point in the overlay takes a fraction of a millisecond where a redraw takes seven, and the overlay shares
 * Plotly's axes, so a point sits on its curve to the pixel. Plotly itself is loaded when the first plot comes near.
 */
import { type Measure, fitted } from "./bars";
import { settings } from "./page";
import { addScript, wake } from "./unpack";

export type Json = Record<string, unknown>;

export interface Spec {
  readonly data: readonly Json[];
  readonly layout: Json;
}

interface Axis {
  _offset: number;
  _length: number;
  l2p(value: number): number;
  p2l(pixel: number): number;
}

interface PlotlyElement extends HTMLElement {
  _fullLayout: { xaxis: Axis; yaxis: Axis };
}

interface Plotly {
  newPlot(element: HTMLElement, data: readonly Json[], layout: Json, config: Json): Promise<unknown>;
  restyle(element: HTMLElement, update: Json, traces: number[]): Promise<unknown>;
  relayout(element: HTMLElement, update: Json): Promise<unknown>;
  purge(element: HTMLElement): void;
}

let loading: Promise<Plotly> | null = null;

/** Plotly, loaded once: from its own file, or unpacked from the page that carries it. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= (settings.plotly ? addScript({ src: settings.plotly }) : wake(":plotly")).then(
    () => (globalThis as unknown as { Plotly: Plotly }).Plotly,
  );
  return loading;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  className: string,
  attributes: Record<string, string | number> = {},
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name);
  element.setAttribute("class", className);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

let clips = 0;

export class Plot {
  /** What moves: drawn by the block, clipped to the plot's area, in the pixels of the slide. */
  readonly layer = svg("g", "plot-layer");
  readonly overlay = svg("svg", "plot-overlay");
  readonly #clip = svg("rect", "plot-clip");
  readonly #stage = document.createElement("div");
  #drawn: { width: number; height: number } | null = null;
  #wanted = false;
  /** What is being drawn or taken away: one thing after the other. */
  #work: Promise<void> = Promise.resolve();
  /** The place of a plot may change when fonts come, a neighbour grows, or the canvas turns. */
  readonly #resized = new ResizeObserver(() => void this.#redraw());

  constructor(
    readonly host: HTMLElement,
    readonly spec: Spec,
    /** Called after every draw: the axes may have moved. */
    readonly onDrawn: () => void = () => {},
  ) {
    const clip = svg("clipPath", "", { id: `plot-clip-${++clips}` });
    clip.append(this.#clip);
    this.layer.setAttribute("clip-path", `url(#${clip.id})`);
    this.overlay.append(clip, this.layer);
    host.replaceChildren(this.#stage, this.overlay);
  }

  get ready(): boolean {
    return this.#drawn !== null;
  }

  /** Draw as soon as the plot has a size, and again whenever that changes. Hidden plots have none, and wait. */
  show(): Promise<void> {
    this.#wanted = true;
    this.#resized.observe(this.host);
    return this.#redraw();
  }

  #redraw(): Promise<void> {
    this.#work = this.#work
      .then(() => this.#draw())
      .catch((error: unknown) => {
        console.error(error);
        this.#stage.textContent = "This plot could not be drawn.";
        this.host.dispatchEvent(new Event("missing"));
      });
    return this.#work;
  }

  async #draw(): Promise<void> {
    const sized = (): boolean => this.#drawn?.width === this.host.clientWidth && this.#drawn.height === this.host.clientHeight;
    if (!this.#wanted || !this.host.clientWidth || !this.host.clientHeight || sized()) return;
    const plotly = await loadPlotly();
    // While plotly was loading, the slide may have gone, or its size changed.
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.#wanted || !width || !height) return;
    const spec = fitted(this.spec, width, height, measure(this.host), this.host.dataset["yLabel"]);
    const layout = themed(this.host, spec, width, height);
    let lines = 0; // those of the author, which have neither colours nor dashes of ours
    const traces = spec.data.map((trace) => themedTrace(this.host, trace, trace["meta"] ? 0 : lines++));
    await plotly.newPlot(this.#stage, traces, layout, { displayModeBar: false, staticPlot: true, responsive: false });
    // Plotly's own picture is described by the host's label; its text would only be noise to a screen reader.
    this.#stage.setAttribute("aria-hidden", "true");
    this.#drawn = { width, height };
    const { x, y } = this.#axes;
    for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) this.overlay.setAttribute(key, String(value));
    for (const [key, value] of Object.entries({ x: x._offset, y: y._offset, width: x._length, height: y._length })) {
      this.#clip.setAttribute(key, String(value));
    }
    this.onDrawn();
  }

  /** Give the memory back; the next `show` draws anew. */
  hide(): void {
    this.#wanted = false;
    this.#resized.disconnect();
    this.#work = this.#work.then(async () => {
      if (this.#wanted || !this.#drawn) return;
      this.#drawn = null;
      (await loadPlotly()).purge(this.#stage);
    });
  }

  /** New values for the first trace. */
  async change(update: Json): Promise<void> {
    if (this.#drawn) await (await loadPlotly()).restyle(this.#stage, update, [0]);
  }

  /** New axes, by Plotly's names for them, such as "yaxis.range"; what moves is drawn again. */
  async axes(update: Json): Promise<void> {
    if (!this.#drawn) return;
    await (await loadPlotly()).relayout(this.#stage, update);
    if (this.#drawn) this.onDrawn();
  }

  x(value: number): number {
    const axis = this.#axes.x;
    return axis._offset + axis.l2p(value);
  }

  y(value: number): number {
    const axis = this.#axes.y;
    return axis._offset + axis.l2p(value);
  }

  /** The point of the plot under a pointer, whatever the scale of the slide. */
  at(event: PointerEvent): { x: number; y: number } {
    const box = this.overlay.getBoundingClientRect();
    const { x, y } = this.#axes;
    const scaleX = box.width / (this.#drawn?.width ?? 1);
    const scaleY = box.height / (this.#drawn?.height ?? 1);
    return {
      x: x.p2l((event.clientX - box.left) / scaleX - x._offset),
      y: y.p2l((event.clientY - box.top) / scaleY - y._offset),
    };
  }

  /** A straight line through (x, y) with a slope, as long as the plot is wide; clipped to it. */
  line(element: SVGLineElement, x: number, y: number, slope: number): void {
    const [low, high] = this.spec.layout["xaxis"] ? ((this.spec.layout["xaxis"] as Json)["range"] as [number, number]) : [0, 1];
    const reach = high - low;
    place(element, {
      x1: this.x(x - reach),
      y1: this.y(y - slope * reach),
      x2: this.x(x + reach),
      y2: this.y(y + slope * reach),
    });
  }

  /** Calls `move` while a pointer is held down on the plot. */
  onDrag(move: (point: { x: number; y: number }) => void): void {
    this.overlay.classList.add("draggable");
    this.overlay.setAttribute("data-prevent-swipe", "");
    this.overlay.addEventListener("pointerdown", (event) => {
      if (!this.#drawn) return;
      this.overlay.setPointerCapture(event.pointerId);
      event.preventDefault();
      move(this.at(event));
    });
    this.overlay.addEventListener("pointermove", (event) => {
      if (this.overlay.hasPointerCapture(event.pointerId)) move(this.at(event));
    });
  }

  get #axes(): { x: Axis; y: Axis } {
    const layout = (this.#stage as unknown as PlotlyElement)._fullLayout;
    return { x: layout.xaxis, y: layout.yaxis };
  }
}

/** Set several attributes of an SVG element. */
export function place(element: SVGElement, attributes: Record<string, number | string>): void {
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, typeof value === "number" ? value.toFixed(2) : value);
  }
}

function variable(host: Element, name: string): string {
  return getComputedStyle(host).getPropertyValue(name).trim();
}

const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;

/** A colour of the theme as Plotly understands it: themes may use every notation of CSS, Plotly knows only a few. */
function colour(host: Element, name: string): string {
  pixel.canvas.width = pixel.canvas.height = 1; // also wipes what was there
  pixel.fillStyle = variable(host, name);
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, opacity] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${(opacity! / 255).toFixed(3)})`;
}

/** How wide texts are in the font of a plot. */
function measure(host: Element): Measure {
  const { fontFamily, fontSize } = getComputedStyle(host);
  return (text) => {
    pixel.font = `${fontSize} ${fontFamily}`;
    return pixel.measureText(text.replace(/<[^>]*>/g, "")).width;
  };
}

/** What a spec calls a colour of the theme → the theme's variable. */
const TONES: Record<string, string> = {
  forward: "--forward",
  backward: "--backward",
  accent: "--accent",
  muted: "--text-muted",
  bad: "--bad",
};

/** The title of the vertical axis where it stands upright above the plot. */
const ABOVE = { xref: "paper", yref: "paper", x: 0, y: 1, yanchor: "bottom", showarrow: false };

/**
 * A symbol is upright at the head of its axis, as in books, and so is a title that is too long to stand beside it: then
 * it is `wide`. Null for a title that does stand beside its axis, where Plotly writes it larger by a fifth.
 */
function headOf(title: string, width: Measure, height: number, length: number): { wide: boolean } | null {
  if (title.length === 0 || height < 150) return null;
  if (1.2 * width(title) > length) return { wide: true };
  return width(title) < 40 && height >= 240 ? { wide: false } : null;
}

function placed({ wide }: { wide: boolean }, legend: boolean, left: number): Json {
  if (wide) return { xanchor: "left", xshift: 4 - left, yshift: legend ? 30 : 8 };
  return legend ? { xanchor: "right", xshift: -4, yshift: 3 } : { xanchor: "center", yshift: 4 };
}

/** The author's layout with the theme's colours and fonts wherever it says nothing. */
function themed(host: HTMLElement, { data, layout }: Spec, width: number, height: number): Json {
  const text = colour(host, "--text-muted");
  const grid = colour(host, "--plot-grid");
  const { fontFamily, fontSize } = getComputedStyle(host);
  const size = Number.parseFloat(fontSize);
  const small = height < 200; // no room for a title below the axis
  const margin = { l: small ? 46 : 64, r: small ? 12 : 22, t: small ? 6 : 10, b: small ? 30 : 62 };
  const upward = host.dataset["yLabel"] ?? "";
  const head = headOf(upward, measure(host), height, height - margin.t - margin.b);
  const axis = (label: string | undefined, marks: number): Json => ({
    gridcolor: grid,
    zerolinecolor: grid,
    linecolor: grid,
    tickcolor: grid,
    nticks: marks,
    fixedrange: true,
    automargin: false,
    ticks: "",
    ticklabeloverflow: "allow", // the last number of an axis may stand out a little over its end
    ...(label && !small ? { title: { text: label, standoff: 12 } } : {}),
  });
  const legend = (layout["showlegend"] as boolean | undefined) ?? data.length > 1;
  const given = (key: string): Json => (layout[key] as Json | undefined) ?? {};
  const title = typeof layout["title"] === "string" ? { text: layout["title"] } : (layout["title"] as Json | undefined);
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: fontFamily, size, color: text },
    margin: { ...margin, t: margin.t + (title ? 34 + (legend ? 30 : 0) : 0) + (head ? (legend ? (head.wide ? 62 : 0) : 32) : 0) },
    colorway: [1, 2, 3, 4, 5, 6].map((place) => colour(host, `--plot-${place}`)),
    showlegend: legend,
    legend: { orientation: "h", x: 0, y: 1, xanchor: "left", yanchor: "bottom", itemwidth: 44, bgcolor: "rgba(0,0,0,0)" },
    ...layout,
    ...(head ? { annotations: [...((layout["annotations"] as Json[] | undefined) ?? []), { ...ABOVE, ...placed(head, legend, margin.l), text: upward, font: { size: 1.1 * size } }] } : {}),
    ...(title
      ? {
          title: {
            x: 0,
            xref: "paper",
            xanchor: "left",
            y: 1,
            yref: "container",
            yanchor: "top",
            pad: { t: 10 },
            font: { size: 1.2 * size, color: colour(host, "--text") },
            ...title,
          },
        }
      : {}),
    xaxis: { ...axis(host.dataset["xLabel"], small ? 4 : 7), ...given("xaxis") },
    yaxis: { ...axis(head ? "" : upward, Math.min(7, Math.max(3, Math.floor(height / 55)))), ...given("yaxis") },
    width,
    height,
    autosize: false,
  };
}

/** Lines of one plot differ by their dashes, too, in the order of their colours: the first is drawn through. */
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];

function themedTrace(host: HTMLElement, trace: Json, place: number): Json {
  const meta = trace["meta"] as { tone?: string; tones?: readonly string[]; area?: string } | undefined;
  const tone = (name: string): string => colour(host, TONES[name] ?? "--forward");
  if (meta?.area) {
    const below = meta.area === "backward" ? { fillpattern: { shape: "/", size: 9, solidity: 0.25, fgcolor: tone("backward") } } : {};
    return { ...trace, fillcolor: colour(host, `--${meta.area}-soft`), ...below };
  }
  if (meta?.tones) {
    return { ...trace, marker: { color: meta.tones.map(tone) }, textfont: { color: colour(host, "--text") } };
  }
  if (meta?.tone) trace = { ...trace, line: { color: tone(meta.tone), ...(trace["line"] as Json | undefined) } };
  if ((trace["type"] ?? "scatter") === "scatter") {
    // Plotly would drop points that it thinks nobody sees, and a slope is just what is looked at.
    const line = { width: 3.5, simplify: false, dash: DASHES[place % DASHES.length], ...(trace["line"] as Json | undefined) };
    return { ...trace, line, marker: { size: 11, ...(trace["marker"] as Json | undefined) } };
  }
  if ((trace["type"] === "contour" || trace["type"] === "heatmap") && !trace["colorscale"]) {
    const colorscale = [0, 1, 2, 3, 4].map((step) => [step / 4, colour(host, `--heat-${step}`)]);
    const colorbar = { thickness: 16, outlinewidth: 0, xpad: 14, ypad: 0, nticks: 6, ...(trace["colorbar"] as Json | undefined) };
    return { ...trace, colorscale, colorbar, showscale: trace["showscale"] ?? false, line: { color: colour(host, "--plot-contour"), width: 1 } };
  }
  return trace;
}
