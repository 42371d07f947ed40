/** A function of a function of …: the numbers of every stage, alone and together with those before it. */
import { Engine } from "../engine";
import type { Trace } from "../replay";

interface Asked {
  readonly model: string;
  readonly trace: Trace;
}

export interface StageData {
  readonly alone: Asked;
  readonly whole: Asked;
}

export interface StageNumbers {
  readonly value: number;
  /** By the name before it. */
  readonly slope: number;
  /** By the variable: the product of the slopes up to here, as the sweep through all of them finds it. */
  readonly soFar: number;
}

export class Composition {
  readonly #alone: readonly Engine[];
  readonly #whole: readonly Engine[];

  /** `names` are the variable and the stages in order. */
  constructor(
    readonly names: readonly string[],
    stages: readonly StageData[],
    label: Element,
  ) {
    this.#alone = stages.map(({ alone }) => new Engine(alone.model, alone.trace, label));
    this.#whole = stages.map(({ whole }) => new Engine(whole.model, whole.trace, label));
  }

  /** The numbers where the variable is `x`; null where a stage has none. */
  async at(x: number): Promise<StageNumbers[] | null> {
    const variable = this.names[0]!;
    const whole = await Promise.all(this.#whole.map((engine) => engine.run({ [variable]: x })));
    if (whole.some(({ nonFinite }) => nonFinite)) return null;
    const values = whole.map((answer) => answer.values["value"] as number);
    const alone = await Promise.all(
      this.#alone.map((engine, i) => engine.run({ [this.names[i]!]: i ? values[i - 1]! : x })),
    );
    if (alone.some(({ nonFinite }) => nonFinite)) return null;
    return values.map((value, i) => ({
      value,
      slope: alone[i]!.gradients[this.names[i]!] as number,
      soFar: whole[i]!.gradients[variable] as number,
    }));
  }
}
