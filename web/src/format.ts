/**
 * Numbers as text, the same text that the build prints: `formatNumber(0.125, ".2f")` is "0.12" as in Python.
 *
 * Digits are rounded half to even on the exact binary value, by integers: `toFixed` and `toExponential` round ties away
 * from zero. The minus is the true one (U+2212), a zero never carries it, and powers of ten are written ×10⁻⁷.
 */

const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SPEC = /^(\+?)(,?)(?:\.(\d{1,2}))?([fegsd%])$/;

/**
 * A finite number by a format: `.2f` `+.3f` `.3e` `.1%` `.4g` `.3s` `,.0f` `d`; null for up to six significant digits.
 * Throws RangeError for any other format, and for NaN and infinities.
 */
export function formatNumber(value: number, spec: string | null = null): string {
  const parts = SPEC.exec(spec ?? ".6g");
  const [, sign = "", comma = "", digits, kind = ""] = parts ?? [];
  if (!parts || (kind === "d" && digits !== undefined) || (kind === "s" && !Number(digits))) {
    throw new RangeError(`"${spec}" is not a number format: use one like .2f, +.3f, .3e, .1%, .4g or .3s`);
  }
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be printed: only finite numbers can`);
  const places = digits === undefined ? 6 : Number(digits);
  const size = Math.abs(value);
  let text: string;
  if (kind === "e") text = exponential(size, places);
  else if (kind === "%") text = `${fixed(size * 100, places)}%`;
  else if (kind === "d") text = fixed(size, 0);
  else if (kind === "f") text = fixed(size, places);
  else text = general(size, Math.max(places, 1), kind === "s");
  if (comma) text = text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
  const negative = value < 0 && /[1-9]/.test(text);
  return (negative ? MINUS : sign) + text;
}

/** value × 10^power as an integer, rounded half to even; value is finite and not negative. */
function scaled(value: number, power: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const biased = Number(word >> 52n);
  const fraction = word & 0xfffffffffffffn;
  const binary = Math.max(biased, 1) - 1075;
  let numerator = biased === 0 ? fraction : fraction | 0x10000000000000n;
  let denominator = 1n;
  if (binary >= 0) numerator <<= BigInt(binary);
  else denominator <<= BigInt(-binary);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  const whole = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}

function fixed(value: number, places: number): string {
  const digits = scaled(value, places).toString().padStart(places + 1, "0");
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The significant digits (places + 1 of them) and the power of ten of the first. */
function significant(value: number, places: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: "0".repeat(places + 1), exponent: 0 };
  const exponent = Number(value.toExponential(20).split("e")[1]); // 21 digits tell every double from a power of ten
  const digits = scaled(value, places - exponent).toString();
  if (digits.length > places + 1) return { digits: digits.slice(0, -1), exponent: exponent + 1 }; // 9.99… became 10.0…
  return { digits, exponent };
}

function exponential(value: number, places: number): string {
  const { digits, exponent } = significant(value, places);
  return withPower(places === 0 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`, exponent);
}

function general(value: number, precision: number, keepZeros: boolean): string {
  const ended = keepZeros ? (text: string) => text : trimmed;
  const { digits, exponent } = significant(value, precision - 1);
  if (exponent >= -4 && exponent < precision) return ended(fixed(value, precision - 1 - exponent));
  return withPower(ended(precision === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`), exponent);
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function withPower(digits: string, exponent: number): string {
  const power = String(Math.abs(exponent)).replace(/\d/g, (digit) => SUPERSCRIPTS.charAt(Number(digit)));
  return `${digits}×10${exponent < 0 ? "⁻" : ""}${power}`;
}
