// The pieces of plotly.js that our bundle is made of; the package types only its whole.
declare module "plotly.js/lib/core" {
  const core: { register(modules: readonly unknown[]): void };
  export default core;
}
declare module "plotly.js/lib/bar" {
  const trace: unknown;
  export default trace;
}
declare module "plotly.js/lib/contour" {
  const trace: unknown;
  export default trace;
}
declare module "plotly.js/lib/heatmap" {
  const trace: unknown;
  export default trace;
}

// A style sheet as text, for export.ts.
declare module "*/export.css" {
  const text: string;
  export default text;
}
