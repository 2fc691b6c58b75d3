"""How the static pages look, and the frame around each: a typewritten J-card on paper, in ink and one red. PURE.

Web-safe fonts only, nothing is loaded from elsewhere, no script runs: the policy in the head says so to the browser.
"""

from __future__ import annotations

import base64
import hashlib

from magnitizdat.pages.markup import Html, el, text
from magnitizdat.sentence import IN_ENGLISH, Voice

STYLE = """
:root{color-scheme:light dark;--paper:#f0eadc;--card:#fbf8f0;--ink:#1b1815;--soft:#655d51;--line:#cfc6b4;--red:#b91d18;
--type:"Courier New",Courier,"Liberation Mono",monospace;--serif:Georgia,"Times New Roman","Liberation Serif",serif;
--caps:"Arial Narrow","Liberation Sans Narrow","Avenir Next Condensed",sans-serif-condensed,Arial,sans-serif}
@media (prefers-color-scheme:dark){:root{--paper:#151310;--card:#1f1c18;--ink:#efe8d9;--soft:#aca291;--line:#3d382f;
--red:#ff6257}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 var(--type);overflow-wrap:anywhere}
a{color:inherit;text-decoration:underline 1px var(--red);text-underline-offset:3px}
a:hover{color:var(--red)}
a:focus-visible,summary:focus-visible,audio:focus-visible{outline:3px solid var(--red);outline-offset:3px}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 16px}
header{display:flex;flex-wrap:wrap;gap:4px 20px;align-items:baseline;padding-top:14px;padding-bottom:10px;
border-bottom:2px solid var(--ink)}
header a{text-decoration:none}
header a:first-child{font:700 20px/1 var(--caps);letter-spacing:.08em;text-transform:uppercase;color:var(--red)}
h1{font:700 clamp(34px,8vw,64px)/1 var(--caps);letter-spacing:-.01em;margin:24px 0 6px}
.by{margin:0 0 20px;color:var(--soft)}
.by b{color:var(--ink)}
h2,summary{font:700 16px/1.2 var(--caps);letter-spacing:.09em;text-transform:uppercase;margin:0 0 10px}
h2.side{color:var(--red);display:flex;gap:10px;align-items:baseline}
h2.side::after{content:"";flex:1;border-bottom:2px solid var(--red)}
.card{background:var(--card);border:1px solid var(--line);box-shadow:0 1px 0 var(--line),0 14px 30px -22px #000a}
.jcard{display:grid;grid-template-columns:minmax(0,1fr)}
.cover{background:var(--line)}
.cover img,.cover svg,.shelf img,.shelf svg{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:cover}
.spine{display:none}
.tracks,.notes{padding:20px 16px}
.notes{border-top:1px dashed var(--line)}
.tracks ol{list-style:none;margin:0 0 22px;padding:0}
.tracks li{display:grid;grid-template-columns:2.2em minmax(0,1fr) auto;gap:2px 6px;padding:8px 0 9px;
border-bottom:1px solid var(--line)}
.tracks li>i{font-style:normal;color:var(--soft)}
.tracks li audio{grid-column:1/-1;width:100%;height:40px;margin-top:4px}
.tracks li p{grid-column:2/-1;margin:0;font-size:14px;color:var(--soft)}
.save{font-size:14px;color:var(--soft)}
.save a{display:inline-block;padding:4px 0}
.notes details{border-top:1px solid var(--line)}
.notes details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:12px 0;margin:0;font-size:14px}
.prose{font:17px/1.6 var(--serif);padding-bottom:8px}
.prose p,.prose ul,.prose ol{margin:0 0 13px}
.prose ul,.prose ol{padding-left:1.4em}
.prose h3,.prose h4,.prose h5,.prose h6{font:700 17px/1.3 var(--serif);margin:18px 0 6px}
.prose hr{border:0;border-top:1px solid var(--line);margin:18px 0}
.url,code{font-family:var(--type);font-size:.92em}
.signature{display:grid;grid-template-columns:76px minmax(0,1fr);gap:8px 16px;padding:20px 16px 12px}
.signature img{width:76px;height:76px;display:block;border:1px solid var(--line)}
.signature p,.about p{margin:0 0 8px}
.verdict{display:grid;grid-template-columns:minmax(0,1fr);margin-top:20px}
.facts,.about{padding:20px 16px}
.verdict>:last-child{border-top:1px dashed var(--line)}
.words{font-weight:700;font-size:18px}
.stamp{display:inline-block;border:3px double var(--red);color:var(--red);padding:2px 10px;
font:700 15px/1.5 var(--caps);letter-spacing:.1em;text-transform:uppercase;transform:rotate(-2deg);margin:0 0 10px}
.soft{color:var(--soft);font-size:14px}
.command{display:block;border:1px dashed var(--line);background:var(--paper);padding:10px 12px;margin:6px 0 12px;
font-weight:700;user-select:all}
.withdrawn{border:3px double var(--red);padding:12px 16px;margin:0 0 20px;color:var(--red);font-weight:700}
.withdrawn p{margin:4px 0 0}
.facts dl{margin:0}
.facts dt{color:var(--soft);font-size:14px}
.facts dd{margin:0 0 10px}
.shelf{list-style:none;margin:0;padding:0;display:grid;
grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:22px 16px}
.shelf a{display:block;text-decoration:none;line-height:1.35}
.shelf b{display:block;margin-top:8px;text-decoration:underline 1px var(--red);text-underline-offset:3px}
.shelf .cover{border:1px solid var(--line)}
.shelf .gone{opacity:.55}
.labels{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
.labels li{display:grid;grid-template-columns:56px minmax(0,1fr);gap:14px;align-items:center;padding:14px 0;
border-bottom:1px solid var(--line)}
.labels img{width:56px;height:56px;display:block;border:1px solid var(--line)}
.labels a{font:700 24px/1.1 var(--caps)}
.labels p{margin:4px 0 0}
.said{list-style:none;margin:0;padding:0}
.said>li{border-bottom:1px solid var(--line);padding:6px 0}
.said p{margin:6px 0}
section.list{margin-top:26px}
section.list>h2{border-bottom:2px solid var(--ink);padding-bottom:6px;margin-bottom:16px}
footer{margin-top:34px;padding-top:14px;padding-bottom:34px;color:var(--soft);font-size:14px}
footer p{border-top:1px solid var(--line);padding-top:14px;margin:0}
.chart img{aspect-ratio:auto}
.numbers{overflow-x:auto}
.numbers :is(th,td){padding:4px 10px 4px 0;text-align:right;font-weight:400;white-space:nowrap}
.numbers th[scope=row]{text-align:left}
time{white-space:nowrap}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (min-width:720px){
header,main,footer{padding-left:28px;padding-right:28px}
.jcard{grid-template-columns:280px 34px minmax(0,1fr)}
.jcard>.notes{grid-column:1/-1}
.spine{display:flex;align-items:flex-start;justify-content:center;border-inline:1px dashed var(--line);padding:14px 0;
overflow:hidden}
.spine span{writing-mode:vertical-rl;white-space:nowrap;max-height:60ch;overflow:hidden;text-overflow:ellipsis;
font:700 13px/1 var(--caps);letter-spacing:.14em;text-transform:uppercase;color:var(--soft)}
.tracks,.notes{padding:22px}
.signature{padding:20px 18px}
.verdict{grid-template-columns:minmax(0,1fr) minmax(0,1.4fr)}
.verdict>:last-child{border-top:0;border-left:1px dashed var(--line)}
.facts,.about{padding:22px}
.shelf{grid-template-columns:repeat(auto-fill,minmax(172px,1fr))}}
@media (min-width:1080px){
.jcard{grid-template-columns:290px 34px minmax(0,1.15fr) minmax(0,1fr)}
.jcard>.notes{grid-column:auto;border-top:0;border-left:1px dashed var(--line)}}
@media print{audio,.save,header,footer,.command{display:none}body{background:#fff}.card{box-shadow:none}}
"""

# The one style is let in by its digest; `file:` because "self" is empty for a page that is opened from a stick.
# No digest allows an inline `style=`: whatever a page shows, it cannot restyle itself, run, submit or call out.
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file: data:; media-src 'self' file:; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)


def document(
    title: str, *, head: Html, masthead: Html, body: Html, voice: Voice = IN_ENGLISH, footer: str = ""
) -> bytes:
    """A whole page; `head` holds more elements of the head, `masthead` the links at the top."""
    frame = el(
        "html",
        {"lang": voice.language, "dir": voice.direction},
        el(
            "head",
            {},
            el("meta", {"charset": "utf-8"}),
            el("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}),
            el("meta", {"name": "referrer", "content": "no-referrer"}),
            el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            el("meta", {"name": "generator", "content": "mag"}),
            el("title", {}, text(title)),
            head,
            Html(f"<style>{STYLE}</style>"),
        ),
        el(
            "body",
            {},
            el("header", {}, masthead),
            el("main", {}, body),
            el("footer", {}, el("p", {}, text(footer or FOOTER))),
        ),
    )
    return f"<!doctype html>\n{frame}\n".encode()


FOOTER = (
    "A page of Magnitizdat: no scripts, no cookies, nothing is fetched from anywhere else. "
    "For music that one has the right to share."
)
