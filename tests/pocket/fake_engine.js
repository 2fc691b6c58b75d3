// An engine without crypto, for looks and manners of the page: labels, albums, songs and covers out of nothing.
const MIB = 1 << 20;
const IMPRINTS = [
  "mag1dc6qh88lkdaf3899gnntk7q293ufq8flkvmnsa59zx3sv9a05qwsc80lww",
  "mag1f063yte5g42v2w7796ace54hu0gkqzkkx8pctfwhen3rcau9gkdq0yg46t",
];
const NAMES = ["Чужая гитара", "Rødgrød", "Last tram", "Electric train", "Белая полоса", "Nat i juni", "Borrowed tape"];
const BANDS = ["Виктор", "Kødbyen", "Last Tram Home", "Зоопарк", "Ålborg Støj", "The Stairwell"];

/** One second of a tone in 8 bits. */
function tone(hertz, seconds) {
  const samples = 8000 * seconds;
  const bytes = new Uint8Array(44 + samples);
  const view = new DataView(bytes.buffer);
  const head = [
    0x46464952,
    36 + samples,
    0x45564157,
    0x20746d66,
    16,
    0x10001,
    8000,
    8000,
    0x80001,
    0x61746164,
    samples,
  ];
  head.forEach((word, at) => view.setUint32(4 * at, word, true));
  for (let at = 0; at < samples; at += 1) bytes[44 + at] = 128 + 40 * Math.sin((at * hertz * 2 * Math.PI) / 8000);
  return bytes;
}

/** A GIF of few colours: stripes. */
function gif(seed) {
  const side = 16;
  const colours = [0xc2211c, 0x2f5d62, 0xd9a441, 0xe8dec8, 0x1b1815, 0x6d4430, 0xf3eee2, 0x28898a];
  const bytes = [..."GIF89a"].map((char) => char.charCodeAt(0));
  bytes.push(side, 0, side, 0, 0xf2, 0, 0, ...colours.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
  bytes.push(0x2c, 0, 0, 0, 0, side, 0, side, 0, 0, 7);
  const codes = [];
  for (let at = 0; at < side * side; at += 1) {
    if (at % 100 === 0) codes.push(128);
    const [x, y] = [at % side, Math.floor(at / side)];
    codes.push(((seed % 3 ? (x >> (1 + (seed % 3))) + (y >> 3) : ((x - 8) ** 2 + (y - 8) ** 2) >> 4) + seed) & 7);
  }
  codes.push(129);
  bytes.push(
    ...[codes.slice(0, 255), codes.slice(255)].filter((some) => some.length).flatMap((some) => [some.length, ...some]),
    0,
    0x3b,
  );
  return Uint8Array.from(bytes);
}

export function fakeEngine({
  labels = 2,
  albums = 6,
  tracks = 8,
  seconds = 3,
  slowMs = 0,
  steps = 100,
  signed = Infinity,
  trouble = (kind) => new Error(kind),
  more = {},
} = {}) {
  const files = new Map();
  let count = 0;
  let dead = false;
  const sign = (mediaType, length, make, here = true) => {
    const sha256 = String((count += 1)).padStart(64, "0");
    files.set(sha256, make);
    return { sha256, length, mediaType, pieces: [], here };
  };
  const file = (mediaType, bytes) => sign(mediaType, bytes.length, () => bytes);
  const sound = (mediaType, hertz, seconds, here) =>
    sign(mediaType, 44 + 8000 * seconds, () => tone(hertz, seconds), here); // made when it is asked for: there may be thousands
  const text = (type, words) => file(type, new TextEncoder().encode(words));
  const track = (album, at) => ({
    id: `${album}.${at}`,
    title: `${NAMES[(album + at) % NAMES.length]}${at > 6 ? ` ${at}` : ""}`,
    artist: BANDS[album % BANDS.length],
    disc: 1 + Math.floor(at / 20),
    position: 1 + (at % 20),
    number: 1 + (at % 20),
    durationS: seconds + (at % 10),
    file: sound(at === 1 ? "audio/aiff" : "audio/wav", 220 + 40 * (at % 20), seconds + (at % 10), at !== 5),
    renditions: at === 1 ? [{ kind: "opus-128", file: sound("audio/wav", 330, seconds + 1) }] : [],
    lyrics:
      at % 3
        ? []
        : [
            {
              language: "und",
              file: text(
                "text/x-lrc",
                "[00:00]Чужая гитара, своя тоска,\n[00:01]Трамвай уходит в парк.\n[00:02]На кухне чай, в окне река,\n[00:03]И город светит, как маяк.",
              ),
            },
          ],
  });
  const album = (at, count) => ({
    id: String(at).padStart(32, "0"),
    kind: "album",
    title:
      ["45", "Sommer", "Live, one microphone", "Echo, third floor", "Gade uden navn", "Warm asphalt"][at % 6] +
      (at > 5 ? ` ${at}` : ""),
    artist: BANDS[at % BANDS.length],
    date: `${1980 + (at % 14)}-05-14`,
    released: "",
    notes:
      at % 2
        ? {}
        : {
            en: text(
              "text/markdown",
              "Recorded in one evening in the kitchen of a flat.\n\nTwo microphones, a Nota recorder, and the neighbours below. Pass it on.",
            ),
            ru: text("text/markdown", "Записано за один вечер на кухне."),
          },
    cover: at % 5 === 4 ? null : file("image/gif", gif(at)),
    withdrawn: at === 3,
    carried: at === 2 || at >= signed, // "signed" many are by those who made them
    tracks: Array.from({ length: count }, (_, each) => track(at, each)),
  });
  return {
    async open(given, secret, progress) {
      for (let at = 0; at <= 10; at += 1) {
        progress("progress.words", (at * steps) / 10, steps);
        await new Promise((resolve) => setTimeout(resolve, slowMs));
        if (dead) throw new Error("forgotten");
      }
      if (secret.words?.includes("wrong")) throw trouble("WrongPassphraseError", { key: "trouble.wrong_words" });
      return {
        labels: Array.from({ length: labels }, (_, at) => ({
          imprint: IMPRINTS[at % 2],
          name: ["Kitchen Radio", "Last Tram Home"][at % 2],
          fourWords: ["verb", "kitten", "stone", "april"],
          signedOn: at % 2 ? "" : "2026-11-28",
          version: 7,
          albums: Array.from({ length: albums }, (_, each) => album(at * albums + each, tracks)),
        })),
        refused:
          labels > 1
            ? [
                {
                  imprint: "mag1m0qmfjgqlljg646mtkjuvwqyqyjlvhdslclzgj2twm4fsezhmxrqkwjfwu",
                  why: { key: "trouble.two_copies" },
                },
              ]
            : [],
        passedOver: 3,
        segments: given.length,
        unreadable: 1,
        notes: [],
        decryptedBytes: 700_000,
        ...more,
      };
    },
    async read(signed, chunk, progress, signal) {
      const bytes = files.get(signed.sha256)();
      for (let at = 0; at < bytes.length || at === 0; at += MIB) {
        await new Promise((resolve) => setTimeout(resolve, slowMs));
        if (signal?.aborted || dead) throw trouble("Stopped", { key: "trouble.stopped" });
        chunk(bytes.slice(at, at + MIB));
      }
    },
    forget() {
      dead = true;
      files.clear();
    },
  };
}
