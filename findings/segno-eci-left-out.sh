#!/bin/sh
# One would guess: segno.make(text, eci=True) says in the code which encoding its bytes have, so that no reader has to
# guess. And the bytes that a reader gives for a code made of text are that text in UTF-8.
#
# What happens: without encoding= segno tries Latin-1 first, and for that it leaves the ECI out, with eci=True as well,
# and with encoding="iso-8859-1" beside it; only under the name "latin-1" is the same encoding told. zxing-cpp then
# guesses by statistics, well with whole words, and for some short ones wrong: "ÆØÅ" is read as three Japanese letters,
# "© 1984" begins with one. Cyrillic text goes a third way: segno finds those letters in Shift JIS and packs them as
# kanji, so the bytes are no UTF-8, though the text is right. With encoding="utf-8" beside eci=True all is as one
# thought.
#
# With: segno 1.6.6, zxing-cpp 3.1.1, pillow 13.0.0.
#
# Why it matters: a card with a Danish name of three capitals arrives as another name, and names are what people
# compare. eci=True alone is no promise: encoding="utf-8" belongs to it, and a test with capitals of Latin-1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check segno==1.6.6 zxing-cpp==3.1.1 pillow==13.0.0

cat > seen <<'END'
eci=True
   Björk: Björk
   ÆØÅ: ﾆﾘﾅ
   © 1984: ｩ 1984
   Кино: Кино, in kanji mode, bytes that are not UTF-8
   Zемфира: Zемфира
eci=True, encoding='utf-8'
   Björk: Björk
   ÆØÅ: ÆØÅ
   © 1984: © 1984
   Кино: Кино
   Zемфира: Zемфира
encoding='utf-8'
   Björk: Björk
   ÆØÅ: ÆØÅ
   © 1984: © 1984
   Кино: Кино
   Zемфира: Zемфира
encoding='iso-8859-1', eci=True
   Björk: Björk
   ÆØÅ: ﾆﾘﾅ
   © 1984: ｩ 1984
encoding='latin-1', eci=True
   Björk: Björk
   ÆØÅ: ÆØÅ
   © 1984: © 1984
END

PYTHONUTF8=1 venv/bin/python - > got <<'END'
import io
import segno, zxingcpp
from PIL import Image

def read(code):
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=6)
    return zxingcpp.read_barcode(Image.open(io.BytesIO(picture.getvalue())).convert("L"))

def is_utf8(plain):
    try:
        return bool(plain.decode()) or True
    except UnicodeDecodeError:
        return False

NAMES = ["Björk", "ÆØÅ", "© 1984", "Кино", "Zемфира"]
for names, arguments in ((NAMES, {"eci": True}), (NAMES, {"eci": True, "encoding": "utf-8"}), (NAMES, {"encoding": "utf-8"}),
                         (NAMES[:3], {"encoding": "iso-8859-1", "eci": True}), (NAMES[:3], {"encoding": "latin-1", "eci": True})):
    print(", ".join(f"{name}={value!r}" for name, value in arguments.items()))
    for name in names:
        code = segno.make(name, micro=False, **arguments)
        found = read(code)
        odd = f", in {code.mode} mode, bytes that are not UTF-8" if code.mode == "kanji" and not is_utf8(found.bytes) else ""
        print(f"   {name}: {found.text}{odd}")
END
diff seen got || { echo "How segno marks encodings, or how zxing-cpp guesses them, has changed." >&2; exit 1; }
