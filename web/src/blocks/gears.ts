/** Gears that drive one another: any of them can be turned by hand, and the slider turns the first. */
import { formatNumber } from "../format";
import { role } from "../page";
import type { Context, Live } from "./block";
import { Composition, type StageData } from "./composition";
import { Digits } from "./digits";
import { explainKeys } from "./help";
import { Stage, fields, finite } from "./stage";

interface Data {
  /** The gears, first to last. */
  readonly names: readonly string[];
  readonly stages: readonly StageData[];
  readonly at: number;
  /** Turns of each while the first turns once, negative against the clock. */
  readonly speeds: readonly number[];
  /** Degrees at the beginning. */
  readonly phases: readonly number[];
  readonly centres: readonly (readonly [number, number])[];
  readonly format: string;
}

/** How often the first gear has turned, from 0 to 1. */
interface State {
  readonly turns: number;
}

export function gears(element: HTMLElement, data: Data, context: Context): Live {
  const composition = new Composition(data.names, data.stages, role(element, "origin"));
  const digits = new Digits(element);
  const drawing = element.querySelector<SVGSVGElement>("svg.gears")!;
  const wheels = [...element.querySelectorAll<SVGGElement>('[data-role="wheel"]')];
  const turned = [...element.querySelectorAll<HTMLElement>('[data-role="turns"]')];
  const slider = element.querySelector<HTMLInputElement>("input[type=range]")!;
  const verdict = role(element, "verdict");
  /** Where the first gear is to be; while it is turned by hand, ahead of what is shown. */
  let wanted = data.at;
  /** The gear that is held, and the angle at which the hand was last seen. */
  let held: { index: number; angle: number } | null = null;

  explainKeys(element, [["← →", "turn the first gear"]]);
  const stage = new Stage<State>(element, { start: { turns: data.at }, show, read }, context);
  slider.addEventListener("input", () => turn(slider.valueAsNumber));
  element.querySelectorAll<SVGGElement>('[data-role="gear"]').forEach((gear, index) =>
    gear.addEventListener("pointerdown", (event) => {
      held = { index, angle: angleOf(event, index) };
      drawing.setPointerCapture(event.pointerId);
      event.preventDefault();
    }),
  );
  drawing.addEventListener("pointermove", (event) => {
    if (!held || !drawing.hasPointerCapture(event.pointerId)) return;
    const angle = angleOf(event, held.index);
    const moved = ((angle - held.angle + 540) % 360) - 180; // the shorter way round
    held = { ...held, angle };
    turn(wanted + moved / 360 / data.speeds[held.index]!);
  });
  drawing.addEventListener("lostpointercapture", () => {
    held = null;
    slider.focus({ preventScroll: true }); // from here on by keys
  });

  /** Where the hand is seen from the middle of a gear, in degrees, clockwise. */
  function angleOf(event: PointerEvent, index: number): number {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM()!.inverse());
    const [cx, cy] = data.centres[index]!;
    return (Math.atan2(y - cy, x - cx) * 180) / Math.PI;
  }

  function turn(turns: number): void {
    wanted = Math.min(Math.max(turns, 0), 1);
    stage.go({ turns: wanted }, null, true);
  }

  function read(saved: unknown): State | null {
    const turns = finite(fields(saved)?.["turns"]);
    return turns !== null && turns >= 0 && turns <= 1 ? { turns } : null;
  }

  async function show({ turns }: State): Promise<boolean> {
    const numbers = await composition.at(turns);
    if (!numbers) return false;
    const values = [turns, ...numbers.map(({ value }) => value)];
    wheels.forEach((wheel, i) => {
      const [x, y] = data.centres[i]!;
      wheel.setAttribute("transform", `translate(${x} ${y}) rotate(${(data.phases[i]! + 360 * data.speeds[i]! * turns).toFixed(3)})`);
      digits.write(turned[i]!, values[i]!, data.format);
    });
    if (!held) wanted = turns;
    slider.value = String(turns);
    digits.write(role(element, "at"), turns, ".2f");
    const whole = numbers.at(-1)!.soFar;
    digits.write(role(element, "whole"), whole, data.format);
    const [first, last] = [data.names[0]!, data.names.at(-1)!];
    const said = (value: number): string => formatNumber(value, data.format);
    verdict.textContent = `${first} has turned ${said(turns)} times, ${last} ${said(values.at(-1)!)} times: ${said(whole)} to one.`;
    return true;
  }

  return { show: async () => {}, hide: () => {}, follow: (other) => stage.follow(other) };
}
