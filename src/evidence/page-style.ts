/** The page's whole style: it loads nothing, follows light and dark, and prints on paper. */
export const pageStyle = `
:root{color-scheme:light dark;--paper:light-dark(#f2f5f6,#0a1115);--surface:light-dark(#fff,#111a20);--line:light-dark(#dde4e8,#223038);
--ink:light-dark(#0f2029,#e9eff2);--ink-2:light-dark(#3c4f5a,#b4c2ca);--ink-3:light-dark(#576974,#93a5af);--hull:light-dark(#0f3444,#0d2c3a);
--good:light-dark(#0b6848,#63d6a8);--warn:light-dark(#855000,#f2b95c);--bad:light-dark(#ad2419,#ff9186);--dim:light-dark(#574784,#bfb0f0);--note:light-dark(#1b579f,#8fc0ff)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:62rem;margin:0 auto;padding:2rem 1rem 4rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}
header{display:grid;gap:.4rem;padding:1.5rem;border-radius:10px;background:var(--hull);color:#fff}
header p{margin:0;color:#c9dbe3}h1{margin:0;font-size:1.6rem;letter-spacing:-.015em}
h2{margin:0 0 .75rem;font-size:1.1rem}h3{margin:1.1rem 0 .4rem;font-size:.95rem}
section{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:1.25rem;min-width:0}
p{margin:.4rem 0}ul{margin:.4rem 0;padding-left:1.2rem}
dl{display:grid;grid-template-columns:minmax(7rem,12rem) minmax(0,1fr);gap:.3rem 1rem;margin:0}dt{color:var(--ink-3)}dd{margin:0}
.wide{overflow-x:auto}table{width:100%;min-width:38rem;border-collapse:collapse;font-size:.85rem}
th,td{padding:.4rem .6rem .4rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}thead th{color:var(--ink-3);font-weight:500;white-space:nowrap}
code{font:.85em ui-monospace,Menlo,monospace}.digest{font-size:.72rem;word-break:break-all}
.quiet{color:var(--ink-3)}.tag{display:inline-block;padding:0 .5rem;border:1px solid currentColor;border-radius:99px;font-size:.8rem;font-weight:600;white-space:nowrap}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.dim{color:var(--dim)}.note{color:var(--note)}
.notice{border-left:4px solid currentColor}.notice>*{color:var(--ink)}.notice h2{color:inherit}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1.5rem}
@media (max-width:40rem){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:.5rem}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:10.5pt}main{max-width:none;padding:0;gap:.5rem}
header{background:none;color:#000;border:2px solid #000}header p{color:#333}section{break-inside:auto;border-color:#999}h2,h3{break-after:avoid}tr,dl>*{break-inside:avoid}table{min-width:0}.wide{overflow:visible}}
`;
