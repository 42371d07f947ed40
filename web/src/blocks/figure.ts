/** A plot that does not react; a function may have points on it, and straight lines through them. */
import { Plot, type Spec, place, svg } from "../plot";
import type { Live } from "./block";

interface Straight {
  readonly kind: "tangent" | "secant";
  readonly x: number;
  readonly y: number;
  readonly slope: number;
}

interface Data {
  /** Missing where the figure is a drawing, which stands on the page already. */
  readonly spec?: Spec;
  readonly points?: readonly (readonly [number, number])[];
  readonly lines?: readonly Straight[];
}

export function figure(element: HTMLElement, data: Data): Live {
  const host = element.querySelector<HTMLElement>(".plot")!;
  const numbers = element.querySelector("details");
  if (numbers) numbers.open = false; // it is open for pages without scripts
  if (!data.spec) return { show: () => Promise.resolve(), hide: () => {} };
  const lines = (data.lines ?? []).map((line) => ({ ...line, drawn: svg("line", line.kind) }));
  const dots = (data.points ?? []).map(([x, y]) => ({ x, y, drawn: svg("circle", "dot", { r: 9 }) }));
  const plot = new Plot(host, withRoomForNumbers(data.spec), () => {
    for (const { drawn, x, y, slope } of lines) plot.line(drawn, x, y, slope);
    for (const { drawn, x, y } of dots) place(drawn, { cx: plot.x(x), cy: plot.y(y) });
  });
  plot.layer.append(...lines.map((line) => line.drawn), ...dots.map((dot) => dot.drawn));
  host.addEventListener("missing", () => {
    if (numbers) numbers.open = true;
  });
  return { show: () => plot.show(), hide: () => plot.hide() };
}

/** Nobody knows how wide the numbers of an author's figure are: its margins grow with them. */
function withRoomForNumbers(spec: Spec): Spec {
  const axis = (name: string): object => ({ automargin: true, ...(spec.layout[name] as object | undefined) });
  return { ...spec, layout: { ...spec.layout, xaxis: axis("xaxis"), yaxis: axis("yaxis") } };
}
