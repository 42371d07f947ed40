/**
 * A walk over a layered network: forward unit by unit, back by δ, then the update. What stands on the lines, the chosen
 * line and the conventions are the block's state; the substep is the deck's.
 */
import { formatNumber } from "../format";
import { role } from "../page";
import type { Context, Live } from "./block";
import { Digits } from "./digits";
import { fitFormulas } from "./fit";
import { explainKeys } from "./help";
import { Links } from "./links";
import { Stage, fields, isWriting } from "./stage";
import { STEP_KEYS, Steps } from "./steps";

const QUANTITIES = ["weight", "signal", "gradient", "update"] as const;
type Quantity = (typeof QUANTITIES)[number];

interface Wire {
  readonly name: string;
  readonly source: string;
  readonly unit: string;
  /** The substeps from which on these are known. */
  readonly signal: number;
  readonly gradient: number;
  readonly update: number;
  /** The lines from its unit to the outputs, and the units on them. */
  readonly way: readonly number[];
  readonly units: readonly string[];
}

interface Substep {
  readonly phase: string;
  readonly words: string;
  readonly units: readonly string[];
  readonly wires: readonly number[];
  readonly joints: readonly string[];
  readonly shows: Quantity;
}

export interface NetworkData {
  readonly steps: number;
  readonly sign: string;
  readonly update: string;
  readonly half: string;
  /** By kind of squared error, then of update, then by cell. */
  readonly numbers: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  readonly wires: readonly Wire[];
  readonly outputs: readonly string[];
  readonly loss: string;
  readonly substeps: readonly Substep[];
  /** How the numbers on the lines are written. */
  readonly onLines: string;
}

interface State {
  /** What stands on the lines; null for what the substep is about. */
  readonly lines: Quantity | null;
  readonly sign: string;
  readonly update: string;
  readonly half: string;
  /** The chosen line. */
  readonly wire: number | null;
}

const BEGIN = "Press → or Step: forward, unit by unit, and then all the way back.";

export function networkWalk(element: HTMLElement, data: NetworkData, context: Context): Live {
  const digits = new Digits(element);
  const links = new Links(element);
  const verdict = role(element, "verdict");
  const cells = [...element.querySelectorAll<HTMLElement>("[data-cell]")];
  const deltas = [...element.querySelectorAll<SVGElement>("[data-delta]")];
  const ways = [...element.querySelectorAll<HTMLElement>("[data-way]")];
  const variants = [...element.querySelectorAll<HTMLElement>("[data-sign], [data-update], [data-half]")];
  const choices = [...element.querySelectorAll<HTMLElement>("[data-lines]")];
  const signs = offered("sign");
  const updates = Object.keys(data.numbers[data.half]!);
  const start: State = { lines: null, sign: data.sign, update: data.update, half: data.half, wire: null };
  let shown = start;
  let seen = data.steps;

  const steps = new Steps(element, data.steps, context, () => {
    const moved = steps.at !== seen && "ready" in document.documentElement.dataset;
    seen = steps.at;
    // Who steps on wants to see the substep; a page that is still being set up has not stepped.
    if (shown.wire !== null && moved) change({ wire: null });
    else paint();
  });
  explainKeys(element, [
    ...STEP_KEYS,
    ["1 2 3 4", "what stands on the lines"],
    ["Tab, then ↑ ↓", "from line to line"],
    ["Enter", "the way of this line to the loss"],
  ]);
  const stage = new Stage<State>(element, { start, show, read }, context);
  for (const choice of choices) choice.addEventListener("click", () => put(choice.dataset["lines"] as Quantity));
  onClick("sign", () => change({ sign: other(signs, stage.state.sign) }));
  onClick("update", () => change({ update: other(updates, stage.state.update) }));
  onClick("half", () => change({ half: other(Object.keys(data.numbers), stage.state.half) }));
  links.onChoose((wire) => change({ wire: stage.state.wire === wire ? null : wire }));
  element.addEventListener("keydown", (event) => {
    const quantity = QUANTITIES[Number(event.key) - 1];
    if (!quantity || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    event.preventDefault();
    put(quantity);
  });
  element.addEventListener("focusout", (event) => {
    // Escape takes the focus away, and so does a click into the void: the way goes dark. A change of windows does not.
    if (event.relatedTarget === null) setTimeout(() => document.activeElement === document.body && leave());
  });
  steps.stepped();

  function onClick(action: string, work: () => void): void {
    element.querySelector(`[data-action="${action}"]`)?.addEventListener("click", work);
  }

  function change(by: Partial<State>): void {
    const next = { ...stage.state, ...by };
    const isStart = (Object.keys(start) as (keyof State)[]).every((key) => next[key] === start[key]);
    stage.go(isStart ? start : next);
  }

  /** The sides of a convention that the template holds; the author's one where it cannot be switched. */
  function offered(key: "sign" | "update"): string[] {
    const found = [...element.querySelectorAll<HTMLElement>(`.convention [data-${key}]`)].map((side) => side.dataset[key]!);
    return found.length > 0 ? found : [data[key]];
  }

  function leave(): void {
    if (stage.state.wire !== null) change({ wire: null });
  }

  /** The same choice again lets the lines follow the walk. */
  function put(quantity: Quantity): void {
    change({ lines: stage.state.lines === quantity ? null : quantity });
  }

  function show(state: State): boolean {
    shown = state;
    paint();
    return true;
  }

  function read(saved: unknown): State | null {
    const { lines = null, sign, update, half = data.half, wire = null } = fields(saved) ?? {};
    const sound =
      (lines === null || QUANTITIES.includes(lines as Quantity)) &&
      typeof sign === "string" &&
      signs.includes(sign) &&
      typeof update === "string" &&
      updates.includes(update) &&
      typeof half === "string" &&
      Object.hasOwn(data.numbers, half) &&
      (wire === null || (typeof wire === "number" && data.wires[wire] !== undefined));
    return sound ? { lines: lines as Quantity | null, sign, update, half, wire: wire as number | null } : null;
  }

  // ── what it shows ──────────────────────────────────────────────────────────────────────────────────────────────

  function numberOf(cell: string): number {
    const value = data.numbers[shown.half]![shown.update]![cell]!;
    return cell.endsWith(".delta") && shown.sign === "minus" ? 0 - value : value;
  }

  function paint(): void {
    const substep = data.substeps[steps.at - 1];
    const quantity = shown.lines ?? substep?.shows ?? "weight";
    const valueOf = (wire: Wire): number => numberOf(quantity === "weight" ? wire.name : `${quantity} ${wire.name}`);
    const known = (wire: Wire): boolean => quantity === "weight" || wire[quantity] <= steps.at;
    const values = data.wires.map((wire) => (known(wire) ? valueOf(wire) : null));
    links.fill(values, Math.max(...data.wires.map((wire) => Math.abs(valueOf(wire)))), data.onLines);
    choices.forEach((choice) => choice.setAttribute("aria-pressed", String(choice.dataset["lines"] === quantity)));
    for (const cell of cells) digits.write(cell, numberOf(cell.dataset["cell"]!), cell.dataset["format"]!);
    for (const delta of deltas) delta.textContent = formatNumber(numberOf(`${delta.dataset["delta"]!}.delta`), ".3s");
    for (const variant of variants) {
      const { sign, update, half } = variant.dataset;
      variant.hidden = [[sign, shown.sign], [update, shown.update], [half, shown.half]].some(([of, now]) => of !== undefined && of !== now);
    }
    light(substep);
    links.choose(shown.wire, (wire) => tellLine(data.wires[wire]!, values[wire]!, quantity));
    fitFormulas(element);
  }

  function light(substep: Substep | undefined): void {
    const chosen = shown.wire === null ? null : data.wires[shown.wire]!;
    role(element, "substeps").hidden = chosen !== null;
    for (const way of ways) way.hidden = Number(way.dataset["way"]) !== shown.wire;
    const wires = chosen ? [shown.wire!, ...chosen.way] : (substep?.wires ?? []);
    const joints = chosen ? chosen.units.filter((unit) => data.outputs.includes(unit)) : (substep?.joints ?? []);
    const units = chosen ? [...chosen.units, data.loss] : (substep?.units ?? []);
    links.light({ wires: new Set(wires), joints: new Set(joints), units: new Set(units), as: chosen ? "way" : (substep?.phase ?? "") });
    for (const row of element.querySelectorAll<HTMLElement>("[data-wire-row]")) {
      row.classList.toggle("is-chosen", shown.wire === Number(row.dataset["wireRow"]));
    }
    const words = chosen ? tellWay(chosen) : (substep?.words ?? BEGIN);
    if (verdict.textContent !== words) verdict.textContent = words;
  }

  function tellWay(wire: Wire): string {
    const last = wire.units.length - 1;
    const through = last > 0 ? `${wire.units.slice(0, last).join(", ")} and ${wire.units[last]}` : wire.unit;
    return `${wire.name} reaches the loss by way of ${through}.`;
  }

  function tellLine(wire: Wire, value: number | null, quantity: Quantity): string {
    const from = wire.source ? `from ${wire.source} to ${wire.unit}` : `bias of ${wire.unit}`;
    return `${wire.name}, ${from}: ${quantity} ${value === null ? "not known yet" : formatNumber(value, value === 0 ? null : "+.3g")}`;
  }

  return {
    show: async () => paint(),
    hide: () => undefined,
    follow: (state) => stage.follow(state),
    stepped: () => steps.stepped(),
  };
}

function other(kinds: readonly string[], now: string): string {
  return kinds.find((kind) => kind !== now) ?? now;
}
