"""How an evening's pages look: those of an open spool, in the colours and letters of the owner's page. PURE."""

from __future__ import annotations

import base64
import hashlib

from magnitizdat.pages.style import STYLE

FONTS = {
    "caps": "oswald-latin-600-normal.woff2",
    "caps-cyrillic": "oswald-cyrillic-600-normal.woff2",
    "type": "pt-mono-latin-400-normal.woff2",
    "type-cyrillic": "pt-mono-cyrillic-400-normal.woff2",
}
"""Files of letters by the names that guests ask for; Cyrillic comes only where it is read."""

_CYRILLIC = "unicode-range:U+301,U+400-45F,U+490-491,U+4B0-4B1,U+2116;"
_FACES = "".join(
    f"@font-face{{font-family:{family};src:url({name}.woff2) format('woff2');"
    f"{_CYRILLIC if name.endswith('cyrillic') else ''}font-display:swap}}\n"
    for name in FONTS
    for family in (["Type"] if name.startswith("type") else ["Caps"])
)
_LIGHT = "--paper:#f3eee2;--card:#fbf8f0;--ink:#1b1815;--soft:#655d51;--line:#cfc6b4;--red:#c2211c;--on-red:#fff"
_DARK = "--paper:#130c0a;--card:#1d1310;--ink:#f2e2d3;--soft:#b89d8d;--line:#46302a;--red:#ff6a58;--on-red:#1b0705"
_COLOURS = f":root{{color-scheme:light dark;{_LIGHT}}}@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}\n"
_MORE = """
:root{--type:Type,"Courier New",Courier,"Liberation Mono",monospace;--caps:Caps,"Arial Narrow",Arial,sans-serif}
h1{font-weight:600;line-height:1.08;text-wrap:balance}
h2,.by b{font-weight:600}
header::before{content:"";width:44px;height:8px;background:var(--red);align-self:center}
.languages{margin-inline-start:auto;display:flex;gap:14px}
header .languages a{font:inherit;letter-spacing:0;text-transform:none;color:inherit}
.languages [aria-current]{border-bottom:2px solid var(--red)}
.cover{background:#e7dfce}
.shelf{gap:26px 18px}
.shelf .cover{box-shadow:0 1px 0 var(--line),0 16px 32px -24px #000a}
.shelf b{font:600 18px/1.25 var(--caps);text-decoration:none}
.shelf a:hover b{color:var(--red)}
.shelf li:only-child{grid-column:1/-1;max-width:440px}
.tracks li>i{font-size:14px;padding-top:2px}
.save a{padding:7px 0}
.box{border:1px dashed var(--line);background:var(--card);padding:14px 16px;margin:28px 0 14px}
.box p{margin:0 0 8px}
.box p:last-child{margin:0}
.box[role=status]{border:3px double var(--red);margin:0 0 20px;font-weight:700}
.big{display:inline-block;background:var(--red);color:var(--on-red);border:2px solid var(--red);padding:12px 18px;
margin:4px 8px 12px 0;font:600 17px/1.25 var(--caps);letter-spacing:.03em;text-decoration:none;cursor:pointer}
.big:hover{background:var(--ink);border-color:var(--ink);color:var(--paper)}
.big.quiet{background:none;color:inherit;border-color:var(--ink)}
input[type=file]{display:block;width:100%;padding:4px 0 16px;font:inherit}
::file-selector-button{font:600 16px/1.25 var(--caps);letter-spacing:.03em;color:inherit;background:none;
border:2px solid var(--ink);padding:10px 16px;margin-inline-end:12px;cursor:pointer}
.take{margin:0}
.take-along h2{margin:34px 0 10px}
.sum{font:17px/1.7 var(--type);background:var(--card);border:1px dashed var(--line);padding:12px 16px;
margin:-8px 0 18px;width:max-content;max-width:100%}
.sum span{display:block}
.where{margin:0 0 14px;padding-inline-start:1.2em}
.search{display:flex;flex-wrap:wrap;gap:0 10px;align-items:flex-start;margin:0 0 18px}
.search input{flex:1 1 12rem;min-width:0;font:inherit;color:inherit;background:var(--card);border:2px solid var(--ink);
padding:12px;margin:4px 0 12px}
.found{list-style:none;margin:0 0 22px;padding:0;border-top:1px solid var(--line)}
.found a{display:block;padding:12px 0;text-decoration:none;border-bottom:1px solid var(--line)}
.found b{display:block;font:600 18px/1.25 var(--caps);text-decoration:underline 1px var(--red);
text-underline-offset:3px}
.sung p{margin:0;min-height:1.6em}
.sung h2{margin:22px 0 10px}
.player{position:sticky;bottom:0;display:grid;grid-template-columns:minmax(0,1fr) 48px 48px;gap:4px 8px;
align-items:center;background:var(--card);border:2px solid var(--ink);padding:10px 12px;margin:18px 0}
.player[hidden]{display:none}
.player p{grid-column:1/-1;margin:0;font:600 17px/1.25 var(--caps)}
.player audio{width:100%;height:44px}
.player button,.tracks .play{min-height:44px;min-width:44px;font:600 15px/1 var(--caps);color:inherit;background:none;
border:2px solid var(--ink);cursor:pointer}
.player button:disabled{opacity:.4}
.tracks .play{grid-column:2;justify-self:start;margin-top:4px;padding:0 16px}
.one-player .tracks audio{display:none}
.tracks li[aria-current]{border-inline-start:6px solid var(--red);padding-inline-start:10px}
.tracks li[aria-current] .play{background:var(--red);border-color:var(--red);color:var(--on-red)}
:is(button,input):focus-visible{outline:3px solid var(--red);outline-offset:3px}
@media (min-width:720px){.jcard.bare{grid-template-columns:280px 34px minmax(0,1fr)}}
@media (min-width:1080px){.jcard.bare{grid-template-columns:380px 34px minmax(0,1fr)}}
"""
SHEET = (_FACES + STYLE + _COLOURS + _MORE).encode()

PLAIN = (
    _COLOURS + "body{margin:0;background:var(--paper);color:var(--ink);font:18px/1.5 ui-monospace,monospace}"
    "main{max-width:34rem;margin:12vh auto;padding:0 20px}"
    "main::before{content:'';display:block;width:64px;border-top:8px solid var(--red);margin-bottom:32px}"
    "header,footer{display:none}"
)
"""Of a page that stands alone, since whoever has no code gets no file beside it."""
PLAIN_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(PLAIN.encode()).digest()).decode()}'"
)
