/** Rates that multiply, in the form that the author chose. */
import type { Context, Live, Mount } from "./block";
import { gears } from "./gears";
import { paths } from "./paths";
import { product } from "./product";
import { stages } from "./stages";

const FORMS: Record<string, Mount> = { product, gears, paths, stages };

export function chain(element: HTMLElement, data: never, context: Context): Live {
  return FORMS[element.dataset["form"]!]!(element, data, context);
}
