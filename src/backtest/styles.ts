/** Of the report: for light, dark, narrow screens and paper. */
export const styles = `
:root { color-scheme: light dark; --text: #1c1f24; --soft: #5a6270; --page: #fff; --panel: #f4f5f7;
  --line: #d5d9e0; --accent: #1f5fbf; --bad: #a3271f; }
@media (prefers-color-scheme: dark) { :root { --text: #e7e9ee; --soft: #a5adba; --page: #14171c;
  --panel: #1e232b; --line: #3a414d; --accent: #7fb0ff; --bad: #ff9a90; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--page);
  color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { margin-top: 2.5rem; font-size: 1.25rem; }
.result { font-size: 1.25rem; font-weight: 600; } .soft, caption { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .25rem; font-size: .9rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; } tr.chosen { font-weight: 700; }
svg { display: block; width: 100%; max-width: 40rem; height: auto; }
.grid { stroke: var(--line); stroke-width: 1; } .tick, .axis { fill: var(--soft); font-size: 12px; }
.line { fill: none; stroke: var(--accent); stroke-width: 2.5; }
.dashed { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; }
.mark { fill: var(--accent); fill-opacity: .55; stroke: var(--accent); }
.case { margin: 1rem 0; padding: .75rem 1rem; background: var(--panel); border-radius: .5rem;
  break-inside: avoid; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem; }
.case h3 { margin: 0 0 .5rem; font-size: 1rem; } .case h4 { margin: .5rem 0 .2rem; font-size: .9rem;
  color: var(--soft); } .words { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
.why { color: var(--bad); } a { color: var(--accent); } code { overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; } .case { border: 1px solid var(--line); } }
`;
