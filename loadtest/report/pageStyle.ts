/** The style of a report page: light and dark, wide and narrow, screen and paper. Colours have AA contrast in both. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f2f4f3, #0e1110); --card: light-dark(#fff, #171b1a); --edge: light-dark(#dde3e1, #2a302e);
  --text: light-dark(#131817, #eef2f1); --quiet: light-dark(#55605d, #9ca8a4); --grid: light-dark(#e6ebe9, #262c2a);
  --accent: light-dark(#0a766b, #5fdccb);
  --good: light-dark(#14784a, #55d492); --bad: light-dark(#c22538, #ff8388); --warn: light-dark(#8d5a00, #f2bb4d);
  --goodtint: light-dark(#e3f4ea, #12281d); --badtint: light-dark(#fdeaec, #35191c); --warntint: light-dark(#fdf2dc, #322610);
  --c1: light-dark(#0a8577, #4fd3c0); --c2: light-dark(#c25a0c, #f79a55); --c3: light-dark(#5a55d6, #a5a1ff);
  --c4: light-dark(#b22f86, #f383cb); --c5: light-dark(#2077b8, #6dbcf5); --c6: light-dark(#7a7413, #d3ca55);
  --c7: light-dark(#75603f, #c9b08a);
  --h0: light-dark(#cfe9e2, #173c36); --h1: light-dark(#f6e3a5, #574a14); --h2: light-dark(#f3bf66, #8a5f12);
  --h3: light-dark(#e98446, #c0641f); --h4: light-dark(#d3442f, #e0533c); --h5: light-dark(#8c1230, #ff9aa6);
}
:root[data-theme="light"] { color-scheme: light; } :root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 64px; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100%; }
main, footer { max-width: 1220px; margin: 0 auto; padding: 0 24px; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; } ul { list-style: none; } h1, h2, h3 { text-wrap: balance; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { font-size: 20px; letter-spacing: -.01em; } h3 { font-size: 14px; }
a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; z-index: 9; background: var(--card); padding: 8px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.topbar { position: sticky; top: 0; z-index: 5; display: flex; gap: 16px; align-items: center; background: var(--card); border-bottom: 1px solid var(--edge); padding: 0 max(24px, calc((100vw - 1172px) / 2)); height: 52px; }
nav { display: flex; flex: 1; gap: 4px; align-items: center; overflow-x: auto; scrollbar-width: none; white-space: nowrap; }
nav strong { display: flex; gap: 8px; align-items: center; margin-right: 14px; font-size: 16px; letter-spacing: -.01em; }
nav a { color: var(--quiet); text-decoration: none; padding: 5px 10px; border-radius: 7px; font-size: 14px; } nav a:hover { color: var(--text); background: var(--page); }
.logo { width: 20px; height: 20px; border-radius: 6px; background: linear-gradient(135deg, #0a766b, #3fbfae); }
button { font: inherit; font-size: 13px; color: var(--quiet); background: none; border: 1px solid var(--edge); border-radius: 8px; padding: 5px 12px; white-space: nowrap; cursor: pointer; } button:hover { color: var(--text); }
header { padding: 34px 0 20px; } header .kicker { color: var(--accent); font-weight: 600; font-size: 13px; margin-bottom: 4px; }
header .about { color: var(--quiet); max-width: 75ch; margin-top: 6px; overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 22px; margin-top: 14px; font-size: 14px; } .facts div { display: flex; gap: 7px; min-width: 0; } .facts dt { color: var(--quiet); } .facts dd { overflow-wrap: anywhere; min-width: 0; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 14px; }
.verdict { display: flex; gap: 18px; padding: 20px 22px; border-radius: 14px; border: 1px solid; }
.verdict.met { background: var(--goodtint); border-color: color-mix(in srgb, var(--good) 35%, transparent); } .verdict.broken { background: var(--badtint); border-color: color-mix(in srgb, var(--bad) 35%, transparent); } .verdict.invalid { background: var(--warntint); border-color: color-mix(in srgb, var(--warn) 40%, transparent); }
.verdict .icon { flex: none; width: 44px; height: 44px; border-radius: 50%; display: grid; place-items: center; } .icon svg { width: 24px; height: 24px; fill: none; stroke: var(--card); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.met .icon { background: var(--good); } .broken .icon { background: var(--bad); } .invalid .icon { background: var(--warn); }
.verdict h2 { font-size: 22px; line-height: 1.2; } .met h2 { color: var(--good); } .broken h2 { color: var(--bad); } .invalid h2 { color: var(--warn); }
.verdict ul { margin-top: 8px; display: grid; gap: 3px; font-size: 14px; } .verdict li { padding-left: 16px; position: relative; overflow-wrap: anywhere; } .verdict li::before { content: "•"; position: absolute; left: 2px; }
.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 14px; margin-top: 14px; }
.tile { padding: 15px 17px 0; display: flex; flex-direction: column; min-height: 132px; overflow: hidden; } .tile .name { color: var(--quiet); font-size: 13px; font-weight: 500; }
.tile .value { font-size: 27px; font-weight: 650; letter-spacing: -.02em; line-height: 1.25; font-variant-numeric: tabular-nums; } .tile .value.none { font-size: 17px; color: var(--quiet); font-weight: 500; line-height: 2; }
.tile .more { color: var(--quiet); font-size: 13px; } .tile.short { min-height: 0; padding-bottom: 12px; } .runs { margin-top: 14px; } .tile.bad .value { color: var(--bad); }
.spark { display: block; width: calc(100% + 34px); height: 30px; margin: auto -17px 0; } .spark .line { stroke-width: 1.5; }
section { padding-top: 40px; } section > h2 { margin-bottom: 12px; } .lead { color: var(--quiet); margin: -6px 0 14px; max-width: 85ch; font-size: 14px; }
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px; } .plots > .wide { grid-column: 1 / -1; } .plots > :only-child { grid-column: 1 / -1; }
.plot { padding: 15px 18px 12px; min-width: 0; display: flex; flex-direction: column; } figcaption { display: flex; flex-wrap: wrap; gap: 2px 8px; align-items: baseline; margin-bottom: 10px; } .unit, .note { color: var(--quiet); font-size: 13px; } .note { flex-basis: 100%; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; color: var(--quiet); } figcaption .legend { flex-basis: 100%; } .legend li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere; } .legend.inline { display: inline-flex; font-size: 12px; font-weight: 400; } .legend.inline > span { display: flex; align-items: center; gap: 5px; }
.key { flex: none; display: inline-block; width: 14px; height: 3px; border-radius: 2px; background: currentColor; } .key.dashed { background: repeating-linear-gradient(90deg, currentColor 0 4px, transparent 4px 6px); }
.swatch { width: 12px; height: 12px; border-radius: 3px; display: inline-block; }
.frame { position: relative; margin-top: auto; padding: 14px 6px 22px 44px; } .frame .area { height: 190px; } .area { position: relative; touch-action: pan-y; cursor: crosshair; min-width: 0; } .area > svg { display: block; width: 100%; height: 100%; overflow: visible; }
.ylabels { position: absolute; left: 0; top: 14px; bottom: 22px; width: 37px; } .ylabels span { position: absolute; right: 0; transform: translateY(50%); } .ylabels, .xlabels { font-size: 11.5px; color: var(--quiet); font-variant-numeric: tabular-nums; }
.xlabels { position: relative; height: 0; } .xlabels span { position: absolute; top: 5px; transform: translateX(-50%); } 
.grid { stroke: var(--grid); fill: none; vector-effect: non-scaling-stroke; } .line { fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; } .line.dashed { stroke-dasharray: 5 4; } .fill { fill: currentColor; opacity: .12; }
.c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); } .good { color: var(--good); } .bad { color: var(--bad); } .quiet { color: var(--quiet); } .warn { color: var(--warn); }
.mark { position: absolute; top: -14px; bottom: 0; border-left: 1px dashed var(--quiet); pointer-events: none; } .mark span { position: absolute; left: 5px; top: -4px; font-size: 11.5px; line-height: 15px; color: var(--quiet); white-space: nowrap; } .mark.left span { left: auto; right: 5px; }
.cross { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--quiet); pointer-events: none; } .tip { position: absolute; top: 4px; z-index: 4; pointer-events: none; background: var(--card); border: 1px solid var(--edge); border-radius: 9px; padding: 7px 11px; font-size: 12.5px; box-shadow: 0 6px 22px #0003; white-space: nowrap; font-variant-numeric: tabular-nums; } .tip div { display: flex; align-items: center; gap: 6px; } .tip b:last-child { margin-left: auto; }
.empty { color: var(--quiet); display: grid; place-items: center; min-height: 120px; flex: 1; border: 1px dashed var(--edge); border-radius: 9px; }
.scroll { overflow-x: auto; } .card > .scroll { padding: 4px 18px; } table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; } caption { text-align: left; font-weight: 600; padding: 12px 0 8px; white-space: nowrap; }
th, td { text-align: left; padding: 8px 14px 8px 0; border-top: 1px solid var(--edge); vertical-align: top; } tr > :last-child { padding-right: 0; } thead th { border-top: 0; color: var(--quiet); font-weight: 500; font-size: 13px; white-space: nowrap; } tbody th { font-weight: 500; } tbody th small, td small { display: block; color: var(--quiet); font-weight: 400; font-size: 12.5px; } .number { text-align: right; white-space: nowrap; } .message { display: inline-block; min-width: 220px; overflow-wrap: anywhere; } tbody th { min-width: 96px; } th code { white-space: nowrap; }
code, pre { font: 13px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; } pre { margin: 0; padding: 16px 18px; overflow-x: auto; tab-size: 2; } pre .k { color: var(--accent); }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 12.5px; font-weight: 600; white-space: nowrap; } .badge.good { background: var(--goodtint); } .badge.bad { background: var(--badtint); } .badge.warn { background: var(--warntint); } .badge.quiet { background: var(--page); }
table .bar { width: 45%; min-width: 150px; padding-left: 10px; vertical-align: middle; } .bars svg { display: block; width: 100%; height: 16px; } .b50 { fill: var(--c1); background: var(--c1); } .b95 { fill: var(--c1); opacity: .35; } .swatch.b95 { background: var(--c1); } .b99 { stroke: var(--c2); stroke-width: 2; vector-effect: non-scaling-stroke; fill: none; } .swatch.b99 { background: var(--c2); width: 3px; }
.heat { display: grid; grid-template-columns: minmax(56px, auto) minmax(0, 1fr); gap: 0 10px; padding-bottom: 26px; } .heatnames span { display: block; color: var(--quiet); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 140px; text-align: right; } .heat .xlabels { grid-column: 2; } .heatcard { padding: 16px 18px; }
.h0 { fill: var(--h0); background: var(--h0); } .h1 { fill: var(--h1); background: var(--h1); } .h2 { fill: var(--h2); background: var(--h2); } .h3 { fill: var(--h3); background: var(--h3); } .h4 { fill: var(--h4); background: var(--h4); } .h5 { fill: var(--h5); background: var(--h5); } .none { fill: var(--grid); } .swatch.none { background: var(--grid); }
details { margin-top: 14px; } summary { cursor: pointer; padding: 13px 18px; font-weight: 600; font-size: 14px; } .stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; margin-top: 14px; } .split { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 14px; align-items: start; }
.pairs { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 7px 18px; padding: 16px 18px; font-size: 14px; } .pairs dt { color: var(--quiet); } .pairs dd { overflow-wrap: anywhere; } .pairs h3 { grid-column: 1 / -1; } .pairs h3:not(:first-child) { margin-top: 10px; }
footer { color: var(--quiet); font-size: 13px; padding-top: 34px; padding-bottom: 40px; }
@media (max-width: 900px) { .plots, .split { grid-template-columns: minmax(0, 1fr); } .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 520px) {
  main, footer { padding: 0 14px; } .topbar { padding: 0 14px; } header { padding-top: 22px; } h1 { font-size: 24px; } .tiles { gap: 10px; } .tile { padding: 12px 13px 0; min-height: 118px; } .tile .value { font-size: 21px; } .spark { width: calc(100% + 26px); margin-inline: -13px; }
  .verdict { padding: 16px; gap: 13px; } .verdict .icon { width: 34px; height: 34px; } .icon svg { width: 18px; height: 18px; } .verdict h2 { font-size: 19px; } .plot { padding: 13px 13px 10px; } .frame { padding-left: 38px; padding-right: 2px; } .ylabels { width: 32px; } .card > .scroll { padding: 2px 13px; } .heatnames span { max-width: 76px; } .facts { display: grid; gap: 4px; } .bars small, .bars tr > .number:nth-child(4) { display: none; } .bars td.bar, .bars th.bar { width: auto; min-width: 104px; padding-left: 4px; } .bars .legend.inline { font-size: 11px; gap: 7px; flex-wrap: nowrap; }
}
@media print { :root, :root[data-theme] { color-scheme: light; --page: #fff; } .topbar, .skip { display: none; } body { font-size: 12px; } .card, tr, .tile { break-inside: avoid; } section { padding-top: 22px; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .scroll { overflow: visible; } details::details-content { content-visibility: visible; } .tiles { grid-template-columns: repeat(4, minmax(0, 1fr)); } }
`;
