/**
 * The states of live blocks in the address, so that a link shows what its sender saw: `?live={"try-it/0":{"w":0.7}}`.
 *
 * What stands there comes from anybody: a block checks it before it believes it.
 */
const NAME = "live";
/** An address that is longer than this is of no use to anybody. */
const LONGEST = 1800;
/** Browsers refuse to change the address too often. */
const PAUSE = 400;

const states = new Map<string, unknown>(Object.entries(read()));
let timer = 0;

/** What the address says of a block; undefined if it says nothing. */
export function recall(key: string): unknown {
  return states.get(key);
}

/** Note the state of a block; undefined where it is the author's own. */
export function remember(key: string, state: unknown): void {
  if (state === undefined) states.delete(key);
  else states.set(key, state);
  clearTimeout(timer);
  timer = window.setTimeout(write, PAUSE);
}

function read(): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(new URLSearchParams(location.search).get(NAME) ?? "{}");
    return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function write(): void {
  const address = new URL(location.href);
  if (states.size > 0) address.searchParams.set(NAME, JSON.stringify(Object.fromEntries(states)));
  else address.searchParams.delete(NAME);
  if (address.href.length <= LONGEST) history.replaceState(history.state, "", address);
}
