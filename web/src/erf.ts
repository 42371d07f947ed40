/**
 * The error function erf(x) = 2/√π ∫₀ˣ exp(−t²) dt, to about 1e-15: JavaScript has none of its own.
 *
 * Rational approximations on three intervals from W. J. Cody, "Rational Chebyshev approximations for the error
 * function", Mathematics of Computation 23 (1969), with the coefficients of his program CALERF. Each table lists a
 * polynomial's coefficients, highest power first.
 */

/** erf(x) / x in x², for |x| ≤ 0.46875. */
const SMALL_TOP = [
  1.85777706184603153e-1, 3.1611237438705656, 1.1386415415105016e2, 3.7748523768530202e2, 3.20937758913846947e3,
];
const SMALL_BOTTOM = [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

/** exp(x²) erfc(x) in x, for 0.46875 < x ≤ 4. */
const MIDDLE_TOP = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
  8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
];
const MIDDLE_BOTTOM = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];

/** (1/√π − x exp(x²) erfc(x)) x² in 1/x², for x > 4. */
const LARGE_TOP = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
];
const LARGE_BOTTOM = [
  1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
];

export function erf(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return (x * polynomial(SMALL_TOP, x * x)) / polynomial(SMALL_BOTTOM, x * x);
  return x < 0 ? complement(size) - 1 : 1 - complement(size);
}

/** erfc(x) = 1 − erf(x) for x > 0.46875; NaN for NaN. */
function complement(x: number): number {
  if (x > 6) return 0; // below half of the last digit of 1
  const decay = Math.exp(-x * x);
  if (x <= 4) return (decay * polynomial(MIDDLE_TOP, x)) / polynomial(MIDDLE_BOTTOM, x);
  const inverse = 1 / (x * x);
  const tail = (inverse * polynomial(LARGE_TOP, inverse)) / polynomial(LARGE_BOTTOM, inverse);
  return (decay * (1 / Math.sqrt(Math.PI) - tail)) / x;
}

/** Horner's rule. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
