/** Formulas that are still wider than their place get smaller; they are never cut off. */
export function fitFormulas(section: Element): void {
  for (const formula of section.querySelectorAll<HTMLElement>(".formula")) {
    formula.style.removeProperty("font-size");
    if (formula.clientWidth === 0 || formula.scrollWidth <= formula.clientWidth) continue;
    const size = Number.parseFloat(getComputedStyle(formula).fontSize);
    formula.style.fontSize = `${Math.floor((size * formula.clientWidth) / formula.scrollWidth)}px`;
  }
}
