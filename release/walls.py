"""What may not stand in the page that is handed out: every way to reach out, to keep something, or to run text. PURE.

The page's own policy stops most of it too; it stops neither navigation nor WebRTC, so the build looks at every line
that goes in, those of libraries among them. Sentences for people are looked at by nobody: they are shown as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

_HTML = (
    "innerHTML outerHTML insertAdjacentHTML setHTML setHTMLUnsafe parseHTMLUnsafe createContextualFragment DOMParser"
    " srcdoc"
)
_RUN = "eval WebAssembly importScripts createHTML createScript SharedWorker serviceWorker Worklet audioWorklet"
_REACH = (
    "fetch XMLHttpRequest WebSocket WebSocketStream EventSource sendBeacon WebTransport RTCPeerConnection"
    " webkitRTCPeerConnection RTCDataChannel BroadcastChannel requestSubmit navigation"
)
_KEEP = "localStorage sessionStorage indexedDB caches cookieStore showSaveFilePicker pushState replaceState"
_NAMES = re.compile(rf"\b(?:{'|'.join(f'{_HTML} {_RUN} {_REACH} {_KEEP}'.split())})\b")
_CODE = re.compile(
    r"\bdocument\.(?:write|writeln|open|cookie|domain|location|execCommand)\b"
    r"|\b(?:new\s+)?Function\s*\("
    r"|\bimport\s*[(.]"
    r"|\b(?:window|self|globalThis|top|parent|opener)\.(?:open|location|history|name)\b"
    r"|\b(?:location|history|cookie)\s*(?:\?\.|[.\[=])"
    r"|[\"'`](?:location|history|cookie|open)[\"'`]\s*\]"
    r"|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"
    r"|\bcreateElement(?:NS)?\(\s*(?:[^,()]*,\s*)?[\"'`](?:script|iframe|frame|object|embed|link|base|meta|form|portal)[\"'`]"
    r"|\bsetAttribute(?:NS)?\(\s*[\"'`](?:on\w+|srcdoc|style|action|formaction|ping)[\"'`]"
    r"|\.(?:action|formAction|ping|target)\s*="
    r"|\bpostMessage\([^()]*,\s*[\"'`]"
    r"|\bhttps?:(?!//www\.w3\.org/)"
    r"|</?script|<!--"
)
_COMMENT = re.compile(r"^[ \t]*//[^`$\n]*$|/\*\*? [^*\n]* \*/", re.MULTILINE)
_STYLE = re.compile(r"\burl\s*\(|@import|@font-face|\bimage-set\s*\(|\bexpression\s*\(|</style|\\", re.IGNORECASE)
_MARKUP = re.compile(
    r"<(?:iframe|frame|object|embed|link|base|form|portal|svg|math|img|audio|video|source|template)\b"
    r"|\s(?:on\w+|style|src|srcset|href|action|formaction|ping|srcdoc)\s*="
    r"|http-equiv=[\"']?refresh",
    re.IGNORECASE,
)


def faults_of_script(script: str, sentences: Iterable[str] = ()) -> list[str]:
    """What the script holds and may not; comments, and sentences for people as they stand, count for nothing."""
    for each in sorted(set(sentences), key=len, reverse=True):
        quoted = json.dumps(each, ensure_ascii=False)
        for written in (quoted, f"'{each}'", f"`{each}`"):
            script = script.replace(written, '""')
    script = _COMMENT.sub("", script)
    return _found(_NAMES, script) + _found(_CODE, script) + _unsound(script)


def faults_of_style(style: str) -> list[str]:
    """What the style sheet holds and may not: whatever loads something."""
    return _found(_STYLE, style) + _unsound(style)


def faults_of_markup(markup: str) -> list[str]:
    """What the page around script and style holds and may not: whatever loads, runs or leads away."""
    return _found(_MARKUP, markup) + _unsound(markup)


def _unsound(text: str) -> list[str]:
    """A browser reads these otherwise than they stand, and then the digest in the policy is of something else."""
    return [
        f"character {ord(each)}"
        for each in sorted(set(text))
        if (each < " " and each not in "\n\t") or each == "\ufeff"
    ]


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    lines = text.splitlines()
    return [
        f"line {text.count(chr(10), 0, found.start()) + 1}: {found[0]!r} in {_line(lines, text, found.start())}"
        for found in pattern.finditer(text)
    ]


def _line(lines: list[str], text: str, offset: int) -> str:
    return lines[text.count("\n", 0, offset)].strip()[:80]
