/** Scripts that a single file carries compressed, and when they run. */

/** Run a script: one of its own address, or its text. Resolves when it has run. */
export function addScript(source: { src: string } | { text: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("a script of the page could not be loaded")));
    Object.assign(script, source);
    document.head.append(script);
    if ("text" in source) resolve(); // an inline script has run by now
  });
}

/** Run the script that lies packed in the element of this id, once the browser has read that far. */
export async function wake(id: string): Promise<void> {
  // An element stands in the page from its beginning on; what comes behind it tells that it is whole.
  if (document.readyState === "loading" && !document.getElementById(id)?.nextSibling)
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  const packed = document.getElementById(id)?.textContent ?? "";
  const letters = atob(packed);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at); // `from` takes ten times as long
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  await addScript({ text: await new Response(stream).text() });
}
