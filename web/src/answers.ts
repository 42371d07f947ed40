/**
 * Numbers that people type: what is meant by "−0,041", "4.1e-2" or "3/8", and whether that is the right one, or one
 * that a mistake leads to which we know. Nothing that is typed is ever run.
 */

/** The longest thing that is read as a number. */
const LONGEST = 40;
const DECIMAL = /^([+-]?)(\d*)(?:[.,](\d*))?(?:e([+-]?\d{1,3}))?$/;
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

export interface Typed {
  readonly value: number;
  /** What its last digit counts; 0 for a fraction. */
  readonly unit: number;
  /** How many of its digits are significant; Infinity for a fraction. */
  readonly digits: number;
}

/** A number with a point or a comma, a power of ten or a fraction; null for anything else. */
export function readNumber(text: string): Typed | null {
  const plain = text.slice(0, LONGEST + 1).replace(/[\s\u00a0\u202f]/g, "").replace(/[−–]/g, "-").toLowerCase();
  if (plain.length > LONGEST) return null;
  const [over, under, ...more] = plain.split("/").map(readDecimal);
  if (!over || more.length > 0) return null;
  if (under === undefined) return over;
  const value = under && under.value !== 0 ? over.value / under.value : Number.NaN;
  return Number.isFinite(value) ? { value, unit: 0, digits: Infinity } : null;
}

function readDecimal(text: string): Typed | null {
  const raised = text
    .replace(/[×·*x]10([⁻⁺]?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/, (_, sign: string, digits: string) => `e${sign === "⁻" ? "-" : ""}${digits.replace(/./g, (digit) => String(SUPERSCRIPTS.indexOf(digit)))}`)
    .replace(/[×·*x]10\^?([+-]?\d{1,3})$/, "e$1");
  const parts = DECIMAL.exec(raised);
  if (!parts) return null;
  const [, sign = "", whole = "", broken = "", power = "0"] = parts;
  if (whole + broken === "") return null;
  const value = Number(`${sign}${whole || "0"}.${broken || "0"}e${power}`);
  if (!Number.isFinite(value)) return null;
  const digits = (whole + broken).replace(/^0+/, "").length;
  return { value, unit: Number(`1e${Number(power) - broken.length}`), digits };
}

/** A wrong answer: its number, the message about it, and how it came about. */
export type Wrong = readonly [value: number, message: number, rank: number];

export interface Asked {
  readonly right: number;
  /** How far an answer may be off. */
  readonly tolerance: number;
  readonly wrong: readonly Wrong[];
}

export interface Judged {
  readonly state: "right" | "close" | "wrong";
  /** What may have gone wrong, the likeliest first. */
  readonly messages: readonly number[];
  /** Whether that is so with the other sign. */
  readonly turned: boolean;
  /** Whether it is larger than the right one. */
  readonly larger: boolean;
  /** Whether it is right as far as it goes, and just has too few digits. */
  readonly short: boolean;
}

/** The most explanations for one number. */
const MOST = 2;
/** Wrong by the sign, by a slip, another number of the model, or rounded: in this order they are believed. */
const RANKS = [0, 1, 2, 3];
const SLIP = 1;

/** Judge a number; `others` are numbers of the model that may have been taken for the one that is asked for. */
export function judge(typed: Typed, asked: Asked, others: readonly Wrong[] = []): Judged {
  const { value } = typed;
  const off = Math.abs(value - asked.right);
  const close = off <= Math.min(10 * asked.tolerance, 0.05 * Math.abs(asked.right));
  const judged: Judged = {
    state: off <= asked.tolerance ? "right" : close ? "close" : "wrong",
    messages: [],
    turned: false,
    larger: value > asked.right,
    short: off <= asTyped(typed, asked.right),
  };
  if (judged.state === "right" || judged.short) return judged;
  // The number that is asked for is among those of the model, too.
  const names = others.filter(([name]) => Math.abs(name - asked.right) > asked.tolerance);
  const known = [...asked.wrong, ...names];
  const share = asked.right === 0 ? 0 : asked.tolerance / Math.abs(asked.right);
  // As exact as it was typed; one that is far off may have a slip in its last digit, or be as inexact as a right one.
  const loose = (wrong: number): number => Math.max(typed.digits >= 3 ? typed.unit : 0, share * Math.abs(wrong));
  const rooms = [(wrong: number) => asTyped(typed, wrong), ...(close ? [] : [loose])];
  for (const room of rooms) {
    for (const rank of RANKS) {
      const messages = matching(value, known.filter((wrong) => wrong[2] === rank), room);
      if (messages.length > 0) return { ...judged, messages };
    }
  }
  for (const room of rooms) {
    const messages = matching(-value, asked.wrong.filter((wrong) => wrong[2] === SLIP), room);
    if (messages.length > 0) return { ...judged, messages, turned: true };
  }
  return judged;
}

/** Half of the last digit; a number of a single digit says so little that it has to be exact. */
function asTyped(typed: Typed, wrong: number): number {
  const half = typed.digits >= 2 ? 0.5 * typed.unit : 0;
  return Math.max(half * (1 + 1e-9), 1e-6 * Math.abs(wrong));
}

function matching(value: number, known: readonly Wrong[], room: (wrong: number) => number): number[] {
  const near = known.filter(([wrong]) => Math.abs(value - wrong) <= room(wrong));
  near.sort(([a], [b]) => Math.abs(value - a) - Math.abs(value - b));
  return [...new Set(near.map(([, message]) => message))].slice(0, MOST);
}
