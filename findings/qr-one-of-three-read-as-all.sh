#!/bin/sh
# One would guess: a text that is too long for one QR code, split over three as the standard has it (ISO/IEC 18004,
# structured append), is read as three parts that say which they are; or a reader that cannot do that refuses one alone.
#
# What happens: zxing-cpp gives each part as a text of its own, valid, of the ordinary kind, and its Python object has no
# field for "2 of 3", so nobody can tell the middle of a text from a text. zbar tells nothing of one alone and ends with
# 4, as where there is no code, also with all three on its command line; where they stand in one picture, in any
# order, it puts them together.
#
# With: segno 1.6.6, zxing-cpp 3.1.1, pillow 12.0.0; zbar-tools 0.23.92-7+deb12u1.
#
# Why it matters: a camera sees one code after the other. A signed text fails where it was cut, but an address, a ticket
# or a list of words that ends early is another one. What is split over codes needs a count and a digest of its own.
set -eu
command -v zbarimg > /dev/null || { echo "This needs zbarimg 0.23.92 (zbar-tools)." >&2; exit 2; }
[ "$(zbarimg --version)" = 0.23.92 ] || { echo "This needs zbarimg 0.23.92." >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check segno==1.6.6 zxing-cpp==3.1.1 pillow==12.0.0

cat > seen <<'END'
zxing-cpp, code 1: valid True, 96 of 286 letters, ]Q1, fields of its place [], extra []
zxing-cpp, code 2: valid True, 95 of 286 letters, ]Q1, fields of its place [], extra []
zxing-cpp, code 3: valid True, 95 of 286 letters, ]Q1, fields of its place [], extra []
zxing-cpp, put together: True
zbar, code 1: status 4, ''
zbar, code 2: status 4, ''
zbar, code 3: status 4, ''
zbar, three files: status 4, ''
zbar, one picture of 2, 1, 3: status 0, all of it
END

venv/bin/python - > got 2> log <<'END' || { tail -n 3 log >&2; exit 1; }
import subprocess
import segno, zxingcpp
from PIL import Image

TEXT = "https://192.168.7.20:8443/ticket/#" + "&or=192.168.7.20:8443" * 12

def by_zbar(*names):
    said = subprocess.run(["zbarimg", "-q", "--raw", *names], capture_output=True)
    text = said.stdout.decode().removesuffix("\n")
    return f"status {said.returncode}, {'all of it' if text == TEXT else repr(text)}"

codes = segno.make_sequence(TEXT, symbol_count=3, error="l")
names = [f"{number}.png" for number in range(3)]
for name, code in zip(names, codes, strict=True):
    code.save(name, scale=4, border=4)
read = [zxingcpp.read_barcodes(Image.open(name))[0] for name in names]
for number, each in enumerate(read, 1):
    fields = [field for field in dir(each) if "sequence" in field or "append" in field]
    print(f"zxing-cpp, code {number}: valid {each.valid}, {len(each.text)} of {len(TEXT)} letters, {each.symbology_identifier}, "
          f"fields of its place {fields}, extra {[key for key in each.extra if 'ppend' in key or 'equence' in key]}")
print("zxing-cpp, put together:", "".join(each.text for each in read) == TEXT)
for name in names:
    print(f"zbar, code {int(name[0]) + 1}:", by_zbar(name))
print("zbar, three files:", by_zbar(*names))
pictures = [Image.open(names[number]).convert("L") for number in (1, 0, 2)]
sheet = Image.new("L", (sum(each.width for each in pictures) + 160, max(each.height for each in pictures) + 40), 255)
left = 20
for each in pictures:
    sheet.paste(each, (left, 20))
    left += each.width + 60
sheet.save("sheet.png")
print("zbar, one picture of 2, 1, 3:", by_zbar("sheet.png"))
END
diff seen got || { echo "How codes in several parts are read has changed." >&2; exit 1; }
