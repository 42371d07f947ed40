/**
 * Bars that fit where they are drawn: names in several lines below them, or, where that is not enough, bars that lie.
 *
 * How wide a name is, only the page knows: `fitted(spec, width, height, measure)` gives the spec to draw.
 */
import type { Json, Spec } from "./plot";

/** The width of a text in pixels. */
export type Measure = (text: string) => number;

const MOST_LINES = 3;
/** What a lying bar needs of the height, and the ends of the plot in both directions. */
const ROW = 24;
const ENDS = 76;

/** A spec of bars whose names can be read in `width` × `height` pixels; any other spec as it is. */
export function fitted(spec: Spec, width: number, height: number, measure: Measure, title?: string): Spec {
  const bars = spec.data[0];
  if (!bars || !(bars["meta"] as { tones?: unknown } | undefined)?.tones) return spec;
  const { xaxis, yaxis } = spec.layout as { xaxis: Json; yaxis: Json };
  const labels = xaxis["ticktext"] as readonly string[];
  const below = labels.map((label) => wrapped(label, (width - ENDS) / labels.length - 12, measure));
  if (below.every((lines) => lines !== null)) {
    return { ...spec, layout: { ...spec.layout, xaxis: { ...xaxis, ticktext: below.map((lines) => lines!.join("<br>")), tickangle: 0 } } };
  }
  if (labels.length * ROW > height - ENDS) return spec;
  const beside = labels.map((label) => wrapped(label, 0.36 * width, measure) ?? [label]);
  const room = width - ENDS - Math.max(...beside.flat().map(measure));
  const numbers = Math.max(...(bars["text"] as string[]).map(measure)) + 12;
  return {
    data: [{ ...bars, x: bars["y"], y: bars["x"], orientation: "h" }],
    layout: {
      ...spec.layout,
      xaxis: { ...yaxis, range: withRoom(bars["y"] as number[], numbers / room), automargin: true, title: { text: title ?? "", standoff: 12 } },
      yaxis: {
        tickvals: xaxis["tickvals"],
        ticktext: beside.map((lines) => lines.join("<br>")),
        range: [labels.length - 0.5, -0.5],
        showgrid: false,
        zeroline: false,
        automargin: true,
        title: { text: "" },
      },
    },
  };
}

/** A range that holds 0, the values, and a number behind each bar that takes `share` of the whole. */
function withRoom(values: readonly number[], share: number): [number, number] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const sides = Number(low < 0) + Number(high > 0);
  const number = ((high - low || 1) * share) / Math.max(0.2, 1 - sides * share);
  return [low < 0 ? low - number : 0, high > 0 || low === 0 ? high + number : 0];
}

/** A name in lines of at most `room` pixels; null if a word is longer, or the lines are too many. */
function wrapped(label: string, room: number, measure: Measure): string[] | null {
  const lines: string[] = [];
  // What is marked up stays whole: a line cannot end within it.
  for (const word of label.includes("<") ? [label] : label.split(" ")) {
    if (measure(word) > room) return null;
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && measure(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.length > MOST_LINES ? null : lines;
}
