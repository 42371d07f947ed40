/** The lines of a layered drawing: width for size, colour and the printed sign for the sign, and a way that lights up. */
import { formatNumber } from "../format";

/** The build draws the same: `strokes` in src/bpslides/views/passes.py. */
const [THINNEST, THICKER] = [1.5, 8.5];

export interface Lit {
  /** Whether a line is worked on, and in which direction. */
  readonly wires: ReadonlySet<number>;
  readonly joints: ReadonlySet<string>;
  readonly units: ReadonlySet<string>;
  /** forward, backward, update, or way: the way of a chosen line. */
  readonly as: string;
}

/** All drawings of one network: a wide and a tall one, of which one is seen. */
export class Links {
  readonly #lines: SVGGElement[];
  readonly #labels: SVGGElement[];
  readonly #joints: SVGGElement[];
  readonly #units: SVGGElement[];

  constructor(readonly element: HTMLElement) {
    const all = (selector: string): SVGGElement[] => [...element.querySelectorAll<SVGGElement>(selector)];
    this.#lines = all(".link");
    this.#labels = all(".link-label");
    this.#joints = all(".joint");
    this.#units = all(".neuron");
  }

  /** Show a number on each line; null where it is not known yet. `most` is the largest of them all, in size. */
  fill(values: readonly (number | null)[], most: number, format: string): void {
    for (const line of this.#lines) {
      const value = values[wireOf(line)] ?? null;
      const sign = value === null ? "unknown" : value === 0 ? "zero" : value > 0 ? "positive" : "negative";
      for (const name of ["positive", "negative", "zero", "unknown"]) line.classList.toggle(name, name === sign);
      const width = value === null ? THINNEST : THINNEST + (THICKER * Math.abs(value)) / (most || 1);
      line.querySelector(".size")!.setAttribute("stroke-width", width.toFixed(2));
    }
    for (const label of this.#labels) {
      const value = values[wireOf(label)] ?? null;
      label.classList.toggle("is-future", value === null);
      label.querySelector(".wire-number")!.textContent = value === null ? "" : formatNumber(value, value === 0 ? null : format);
    }
  }

  light({ wires, joints, units, as }: Lit): void {
    for (const part of [...this.#lines, ...this.#labels]) mark(part, wires.has(wireOf(part)) ? as : null);
    for (const joint of this.#joints) mark(joint, joints.has(joint.dataset["output"]!) ? as : null);
    for (const unit of this.#units) mark(unit, units.has(unit.dataset["unit"]!) ? as : null);
  }

  /** The chosen line, and what is said of each. */
  choose(chosen: number | null, words: (wire: number) => string): void {
    for (const line of this.#lines) {
      line.setAttribute("aria-pressed", String(wireOf(line) === chosen));
      line.setAttribute("aria-label", words(wireOf(line)));
    }
  }

  /** Lines can be clicked, and reached by keys: one of them by Tab, from there ↑ and ↓ lead to the others. */
  onChoose(choose: (wire: number) => void): void {
    const alongside = (part: SVGGElement): SVGGElement[] =>
      this.#lines.filter((line) => line.ownerSVGElement === part.ownerSVGElement);
    for (const part of [...this.#lines, ...this.#labels]) {
      part.addEventListener("click", () => {
        // A number is as good as its line, and from now on the keys are the block's.
        this.#focus(alongside(part), alongside(part).find((line) => wireOf(line) === wireOf(part))!);
        choose(wireOf(part));
      });
    }
    for (const line of this.#lines) {
      line.addEventListener("keydown", (event) => {
        const along = alongside(line);
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (event.key === "Enter" || event.key === " ") choose(wireOf(line));
        else if (step) this.#focus(along, along[(along.indexOf(line) + step + along.length) % along.length]!);
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
    }
  }

  #focus(along: readonly SVGGElement[], line: SVGGElement): void {
    for (const other of along) other.setAttribute("tabindex", other === line ? "0" : "-1");
    line.focus({ preventScroll: true });
  }
}

function wireOf(part: SVGGElement): number {
  return Number(part.dataset["wire"]);
}

function mark(part: SVGGElement, as: string | null): void {
  if (as === null) delete part.dataset["lit"];
  else part.dataset["lit"] = as;
}
