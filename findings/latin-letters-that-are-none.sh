#!/bin/sh
# One would guess: letters turned into ASCII are letters still, so a name that held no slash, colon or asterisk holds
# none afterwards, and it may be checked before it is turned. And a scheme for Cyrillic keeps capitals capitals.
#
# What happens: anyascii writes fractions, ratios and signs with the marks that file systems forbid: "½ Mensch" becomes
# "1/2 Mensch", a path with two steps. More than three thousand characters do so, fractions among them. The soft sign
# becomes an apostrophe. iuliia makes capitals of a word's first Latin letter alone: "ЩУКА" is "ShchUKA", and "ЮНОСТЬ"
# "YuNOST", which no search by capitals meets; letters of other Cyrillic alphabets stay as they are, in the midst of the
# Latin word: "Kiїv".
#
# With: anyascii 0.3.3, iuliia 0.13.0.
#
# Why it matters: a portable file name has to be made safe after it was spelled, not before; and titles in capitals, as
# on sleeves of the eighties, need folding on both sides before they are compared.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check anyascii==0.3.3 iuliia==0.13.0

cat > seen <<'END'
anyascii: ½ Mensch -> 1/2 Mensch
anyascii: ÷ -> /
anyascii: 12″ -> 12''
anyascii: Ø：Live -> O:Live
anyascii: ★ -> *
anyascii: «Ночь» -> <<Noch'>>
anyascii: ¿Por qué? -> ?Por que?
letters and numbers that get / \ : * ? " < > or |: yes, a slash in 1/4, 1/2, 3/4
characters that get one of them: more than 3000
iuliia, Wikipedia: Щука -> Shchuka, ЩУКА -> ShchUKA, ЮНОСТЬ -> YuNOST, Київ -> Kiїv
iuliia, GOST 7.79: Щука -> Ŝuka, ЩУКА -> ŜUKA, ЮНОСТЬ -> ÛNOSTʹ, Київ -> Kiїv
iuliia, ICAO 9303: Щука -> Shchuka, ЩУКА -> ShchUKA, ЮНОСТЬ -> IuNOST, Київ -> Kiїv
END

PYTHONUTF8=1 venv/bin/python - > got <<'END'
import sys
import unicodedata
import iuliia
from anyascii import anyascii

FORBIDDEN = set('/\\:*?"<>|')
for name in ("½ Mensch", "÷", "12″", "Ø：Live", "★", "«Ночь»", "¿Por qué?"):
    print(f"anyascii: {name} -> {anyascii(name)}")
characters = [chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
marked = [each for each in characters if FORBIDDEN & set(anyascii(each))]
fractions = [anyascii(each) for each in "¼½¾" if unicodedata.category(each)[0] in "LN" and each in marked]
print('letters and numbers that get / \\ : * ? " < > or |:', "yes, a slash in" if fractions else "no", ", ".join(fractions))
print("characters that get one of them:", "more than 3000" if len(marked) > 3000 else len(marked))
for title, scheme in (("Wikipedia", iuliia.WIKIPEDIA), ("GOST 7.79", iuliia.GOST_779), ("ICAO 9303", iuliia.ICAO_DOC_9303)):
    print(f"iuliia, {title}:", ", ".join(f"{name} -> {scheme.translate(name)}" for name in ("Щука", "ЩУКА", "ЮНОСТЬ", "Київ")))
END
diff seen got || { echo "What anyascii or iuliia writes has changed." >&2; exit 1; }
