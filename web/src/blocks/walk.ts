/**
 * A walk through a graph, forward and backward. Every substep was worked out and drawn when the deck was built; the
 * deck's fragments say how many of them are shown, so keys, clicks, links and the speaker view all step alike.
 */
import { button, printing, role } from "../page";
import { Plot, type Spec, place, svg } from "../plot";
import type { Context, Live } from "./block";

interface Data {
  readonly steps: number;
  readonly spec?: Spec;
  readonly points?: readonly (readonly [number, number] | null)[];
}

export function walk(element: HTMLElement, data: Data, context: Context): Live {
  const marks = [...element.querySelectorAll(".substep-mark")];
  const appearing = [...element.querySelectorAll<HTMLElement>("[data-from]")];
  const alternating = [...element.querySelectorAll<HTMLElement>("[data-only]")];
  const back = button(element, "back");
  const forward = button(element, "step");
  const progress = role(element, "progress");
  const host = element.querySelector<HTMLElement>(".plot");
  const dot = svg("circle", "dot", { r: 10 });
  const guide = svg("line", "guide");
  let step = data.steps;

  const plot = host && data.spec ? new Plot(host, data.spec, drawPoint) : null;
  plot?.layer.append(guide, dot);
  forward.addEventListener("click", () => context.next());
  back.addEventListener("click", () => context.prev());
  button(element, "reset").addEventListener("click", () => {
    for (let i = step; i > 0; i--) context.prev();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" && step < data.steps) context.next();
    else if (event.key === "ArrowLeft" && step > 0) context.prev();
    else return;
    event.preventDefault();
  });
  stepped();

  function stepped(): void {
    step = printing ? data.steps : marks.filter((mark) => mark.classList.contains("visible")).length;
    for (const part of appearing) {
      const from = Number(part.dataset["from"]);
      part.classList.toggle("is-future", from > step);
      part.classList.toggle("is-now", from === step && step > 0);
    }
    for (const part of alternating) part.hidden = Number(part.dataset["only"]) !== step;
    progress.textContent = String(step);
    back.disabled = step === 0;
    forward.disabled = step === data.steps;
    drawPoint();
  }

  function drawPoint(): void {
    if (!plot?.ready) return;
    const point = data.points?.[step];
    dot.classList.toggle("is-future", !point);
    guide.classList.toggle("is-future", !point);
    if (!point) return;
    const [x, y] = [plot.x(point[0]), plot.y(point[1])];
    place(dot, { cx: x, cy: y });
    place(guide, { x1: x, x2: x, y1: plot.y(0), y2: y });
  }

  return { show: async () => plot?.show(), hide: () => plot?.hide(), stepped };
}
