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

/** Run the script that lies packed in the element of this id. */
export async function wake(id: string): Promise<void> {
  const packed = document.getElementById(id)?.textContent ?? "";
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  await addScript({ text: await new Response(stream).text() });
}
