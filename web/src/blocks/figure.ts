/** A plot that does not react; a function may mark one point with its tangent. */
import { Plot, type Spec, place, svg } from "../plot";
import type { Live } from "./block";

interface Data {
  readonly spec: Spec;
  readonly at?: number | null;
  readonly value?: number;
  readonly slope?: number;
}

export function figure(element: HTMLElement, data: Data): Live {
  const host = element.querySelector<HTMLElement>(".plot")!;
  const tangent = svg("line", "tangent");
  const dot = svg("circle", "dot", { r: 9 });
  const plot = new Plot(host, data.spec, () => {
    if (data.at == null || data.value === undefined || data.slope === undefined) return;
    plot.line(tangent, data.at, data.value, data.slope);
    place(dot, { cx: plot.x(data.at), cy: plot.y(data.value) });
    plot.layer.replaceChildren(tangent, dot);
  });
  return { show: () => plot.show(), hide: () => plot.hide() };
}
