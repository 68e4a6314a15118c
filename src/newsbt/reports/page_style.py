"""The style sheet of the pages: system fonts, light and dark, phone and paper."""

from __future__ import annotations

__all__ = ["STYLE"]

# Colours keep a contrast of 4.5 to 1 with their background; lines also differ by dash from the ninth on.
STYLE = """
:root{--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d8dee4;--panel:#f6f8fa;--up:#0b6e3a;--down:#b3261e;
--note:#fff4d6;--note-line:#9a6700;--c0:#0b5cad;--c1:#b3541e;--c2:#1a7f5a;--c3:#8a3ffc;--c4:#a3195b;--c5:#5b6b00;
--c6:#00727a;--c7:#6e5494}
@media (prefers-color-scheme:dark){:root{--bg:#0f1419;--fg:#e6e9ec;--soft:#a3adb8;--line:#323b45;--panel:#181f26;
--up:#5fd08f;--down:#ff8a80;--note:#33290d;--note-line:#e3b341;--c0:#6cb6ff;--c1:#f0a36b;--c2:#56d4a0;--c3:#bda1ff;
--c4:#ff8bbd;--c5:#c9d65a;--c6:#5fd3da;--c7:#c7b1e8}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans","Noto Sans CJK SC",sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.9rem;line-height:1.2;margin:0}
h2{font-size:1.25rem;margin:40px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:20px 0 4px}
.run{margin:2px 0 14px;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.verdict{margin:6px 0;font-size:1.1rem}
ul.notice{list-style:none;margin:12px 0;padding:8px 14px;background:var(--note);border-left:4px solid var(--note-line)}
ul.notes{margin:4px 0;padding-left:20px;color:var(--soft);font-size:.9rem}
dl.facts{margin:14px 0;font-size:.92rem}
dl.facts div{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:12px;padding:3px 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
caption{caption-side:top;text-align:left;color:var(--soft);padding:0 0 6px}
th,td{padding:5px 10px 5px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th.n,td.n{text-align:right;white-space:nowrap}
thead th{font-weight:600;color:var(--soft);white-space:nowrap;border-bottom:2px solid var(--line)}
tbody th{font-weight:600;min-width:9rem;overflow-wrap:anywhere}
.up{color:var(--up)}
.down{color:var(--down)}
ul.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:8px 0;padding:0;font-size:.9rem}
.legend svg{width:28px;height:8px;margin-right:6px;vertical-align:middle}
svg{display:block;width:100%;height:auto}
.legend svg{display:inline-block}
svg path{fill:none;stroke-width:1.8;stroke-linejoin:round}
svg text{fill:var(--soft);font-size:13px}
svg .grid,svg .tick{stroke:var(--line)}
svg .zero{stroke:var(--soft)}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}
.c5{stroke:var(--c5)}.c6{stroke:var(--c6)}.c7{stroke:var(--c7)}
summary{cursor:pointer}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:2px solid var(--c0);outline-offset:2px}
@media (max-width:600px){main{padding:16px 12px 48px}h1{font-size:1.5rem}svg text{font-size:22px}
dl.facts div{grid-template-columns:1fr;gap:0}}
@page{size:A4 landscape;margin:12mm}
@media print{main{max-width:none;padding:0}section{break-inside:auto}table{font-size:.58rem}th,td{padding-right:5px}
.wide{overflow:visible}
h2,h3{break-after:avoid}svg,tr{break-inside:avoid}}
"""
