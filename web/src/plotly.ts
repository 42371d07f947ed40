// The one plotly.js bundle: the core, which brings scatter along, and the other trace types that figures use.
// It becomes the global `Plotly`, because a deck loads it only when a figure is near.
import bar from "plotly.js/lib/bar";
import contour from "plotly.js/lib/contour";
import Plotly from "plotly.js/lib/core";
import heatmap from "plotly.js/lib/heatmap";

Plotly.register([bar, contour, heatmap]);
Object.assign(globalThis, { Plotly });
