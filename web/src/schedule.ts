/**
 * Learning-rate schedules: `rateAt(schedule, base, t)` is the rate of update number t, from 1, twin of
 * `bpslides.autodiff.schedule`.
 */

export type Schedule =
  | { readonly name: "constant" }
  /** After every `size` updates the rate is multiplied by `factor`. */
  | { readonly name: "step"; readonly size: number; readonly factor: number }
  /** Half a cosine wave from the base rate down to `final` over `steps` updates; then it stays there. */
  | { readonly name: "cosine"; readonly steps: number; readonly final: number };

/** The rate of update t; null stands for a constant rate. Throws RangeError for a schedule that is not known here. */
export function rateAt(schedule: Schedule | null, base: number, t: number): number {
  switch (schedule?.name) {
    case undefined:
    case "constant":
      return base;
    case "step":
      return base * schedule.factor ** Math.floor((t - 1) / schedule.size);
    case "cosine": {
      const { steps, final } = schedule;
      return final + 0.5 * (base - final) * (1 + Math.cos(Math.PI * (Math.min(t - 1, steps) / steps)));
    }
    default:
      throw new RangeError(`this page knows no schedule "${(schedule as { name: string }).name}": build the deck anew`);
  }
}
