/**
 * A walk, forward and backward: through a graph to one gradient, or over a whole network. Every substep was worked out
 * and drawn when the deck was built; the page lights it, fills it in, and takes it back.
 */
import { Plot, type Spec, place, svg } from "../plot";
import type { Context, Live } from "./block";
import { explainKeys } from "./help";
import { type NetworkData, networkWalk } from "./network_walk";
import { STEP_KEYS, Steps } from "./steps";

interface GraphData {
  readonly steps: number;
  readonly spec?: Spec;
  readonly points?: readonly (readonly [number, number] | null)[];
}

export function walk(element: HTMLElement, data: GraphData | NetworkData, context: Context): Live {
  return "wires" in data ? networkWalk(element, data, context) : graphWalk(element, data, context);
}

function graphWalk(element: HTMLElement, data: GraphData, context: Context): Live {
  const host = element.querySelector<HTMLElement>(".plot");
  const dot = svg("circle", "dot", { r: 10 });
  const guide = svg("line", "guide");
  const plot = host && data.spec ? new Plot(host, data.spec, drawPoint) : null;
  plot?.layer.append(guide, dot);
  const steps = new Steps(element, data.steps, context, drawPoint);
  explainKeys(element, STEP_KEYS);
  steps.stepped();

  function drawPoint(): void {
    if (!plot?.ready) return;
    const point = data.points?.[steps.at];
    dot.classList.toggle("is-future", !point);
    guide.classList.toggle("is-future", !point);
    if (!point) return;
    const [x, y] = [plot.x(point[0]), plot.y(point[1])];
    place(dot, { cx: x, cy: y });
    place(guide, { x1: x, x2: x, y1: plot.y(0), y2: y });
  }

  return { show: async () => plot?.show(), hide: () => plot?.hide(), stepped: () => steps.stepped() };
}
