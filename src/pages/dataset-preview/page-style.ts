/** The CSS of `preview.html`, for light and dark mode, phones and print. */

const COLOURS = {
  light:
    '--page:#fff;--card:#f6f8fa;--line:#d1d9e0;--text:#1f2328;--dim:#57606a;--bar:#2f6fd0;--open:#8fb3e6;--mark:#b42318;--warn:#fff4d6;--edge:#9a6700;--link:#0757b8',
  dark: '--page:#14171a;--card:#1d2125;--line:#3a4149;--text:#e8eaed;--dim:#a3adb8;--bar:#6ea8fe;--open:#3f5f8f;--mark:#ff9c8f;--warn:#332a12;--edge:#e3b341;--link:#8fc1ff',
}

export const PREVIEW_STYLE = [
  `:root{color-scheme:light dark;${COLOURS.light}}`,
  `@media(prefers-color-scheme:dark){:root{${COLOURS.dark}}}`,
  '*{box-sizing:border-box}',
  'body{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;margin:0 auto;max-width:80rem;padding:1.5rem 1rem 4rem;color:var(--text);background:var(--page);overflow-wrap:anywhere}',
  'h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .75rem}h3{font-size:1rem;margin:1.5rem 0 .25rem}',
  'p{margin:.25rem 0 .75rem;max-width:46rem}a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}',
  'code{font:.9em ui-monospace,"Cascadia Mono","DejaVu Sans Mono",monospace}.dim,.numbers,.hint,figcaption .id{color:var(--dim)}',
  'nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:.75rem 0;padding:0}nav a{display:inline-block;padding:.25rem 0}',
  '.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1rem 0}.counts div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;display:flex;flex-direction:column-reverse;justify-content:flex-end}.counts dt{color:var(--dim);font-size:.875rem}.counts dd{margin:0;font-size:1.375rem;font-weight:600;font-variant-numeric:tabular-nums}',
  '.warnings{background:var(--warn);border-left:4px solid var(--edge);border-radius:.25rem;padding:.6rem 1rem;margin:1rem 0}.warnings h2{margin:0;font-size:1rem}.warnings ul{margin:.25rem 0;padding-left:1.25rem}',
  '.next{padding-left:1.5rem}.next li{margin:.35rem 0;max-width:46rem}',
  'figure{margin:0}img{display:block;max-width:100%;height:auto}',
  '.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:1.25rem}.samples figure{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem;break-inside:avoid}.views{display:flex;gap:.4rem}.views div{flex:1 1 0;min-width:0}.views img{width:100%;border-radius:.25rem}.views span{display:block;font-size:.75rem;color:var(--dim);text-align:center}.samples figcaption{margin-top:.35rem;font-size:.9375rem}.id{display:block;font-size:.8125rem}',
  '.tag{display:inline-block;font-size:.75rem;border:1px solid var(--line);border-radius:1rem;padding:0 .5rem;margin-left:.4rem;color:var(--text)}',
  '.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1.25rem}.chart{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;break-inside:avoid}.chart h3{margin:0}.chart svg{display:block;width:100%;height:auto}.numbers,.hint{font-size:.875rem;margin:.25rem 0}',
  'svg text{font-size:12px;fill:var(--text);font-family:inherit}svg .axis,svg .flag{fill:var(--dim)}.bar{fill:var(--bar)}.bar.open{fill:var(--open)}.grid{stroke:var(--line);fill:none}.median{stroke:var(--text);stroke-width:1.5;stroke-dasharray:4 3;fill:none}.marker{stroke:var(--mark);stroke-width:2;fill:none}',
  'summary{cursor:pointer;color:var(--link);font-size:.875rem;padding:.25rem 0}',
  '.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.75rem;list-style:none;margin:.5rem 0 0;padding:0}.gallery li{break-inside:avoid;font-size:.8125rem}.gallery img,.gallery .none{width:100%;background:var(--card);aspect-ratio:1;object-fit:contain;border:1px solid var(--line);border-radius:.25rem}.gallery .none{display:grid;place-items:center;color:var(--dim);padding:.5rem;text-align:center}.gallery .why{display:block;color:var(--dim)}',
  'table{border-collapse:collapse;width:100%;font-size:.875rem}caption{text-align:left;color:var(--dim);padding:.25rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);font-weight:400}thead th{font-weight:600}.settings th{width:12rem;color:var(--dim)}',
  '.list{table-layout:fixed}.chart th:last-child,.chart td:last-child{white-space:nowrap;text-align:right}',
  '@media(max-width:30rem){.settings th{width:8rem}th,td{padding-right:.5rem}}',
  `@media print{:root{${COLOURS.light};color-scheme:light}body{font-size:11pt;max-width:none;padding:0}nav,details{display:none}h2,h3{break-after:avoid}.samples{grid-template-columns:1fr 1fr}.bar,.warnings{print-color-adjust:exact}}`,
].join('\n')
