// Makes what the page reads: ZIP files of stored members and age files, as the specifications say and not as our reader does.
import crypto from "node:crypto";
import { crc32 } from "node:zlib";

/** A ZIP of stored members. `change` may alter the numbers of an entry of the directory before it is written. */
export function zip(members, change = (entry) => entry) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of members) {
    const local = Buffer.alloc(30);
    const sizes = { crc: sumOf(bytes), packed: bytes.length, length: bytes.length, name, offset, flags: 0, method: 0 };
    const entry = change({ ...sizes, extra: 0, attributes: 0x81a40000, needs: 10 });
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(10, 4);
    [sizes.crc, sizes.packed, sizes.length].forEach((number, at) => local.writeUInt32LE(number, 14 + 4 * at));
    local.writeUInt16LE(name.length, 26);
    parts.push(local, Buffer.from(name, "latin1"), bytes);
    directory.push(central(entry), Buffer.from(entry.name, "latin1"));
    offset += 30 + name.length + bytes.length;
  }
  const table = Buffer.concat(directory);
  return Buffer.concat([...parts, table, end(members.length, table.length, offset)]);
}

export function end(count, size, offset) {
  const made = Buffer.alloc(22);
  made.writeUInt32LE(0x06054b50, 0);
  made.writeUInt16LE(count & 0xffff, 8);
  made.writeUInt16LE(count & 0xffff, 10);
  made.writeUInt32LE(size, 12);
  made.writeUInt32LE(offset, 16);
  return made;
}

function central(entry) {
  const made = Buffer.alloc(46);
  made.writeUInt32LE(0x02014b50, 0);
  made.writeUInt16LE(0x0314, 4);
  made.writeUInt16LE(entry.needs, 6);
  made.writeUInt16LE(entry.flags, 8);
  made.writeUInt16LE(entry.method, 10);
  [entry.crc, entry.packed, entry.length].forEach((number, at) => made.writeUInt32LE(number >>> 0, 16 + 4 * at));
  made.writeUInt16LE(entry.name.length, 28);
  made.writeUInt16LE(entry.extra, 30);
  made.writeUInt32LE(entry.attributes >>> 0, 38);
  made.writeUInt32LE(entry.offset >>> 0, 42);
  return made;
}

export const sumOf = (bytes) => crc32(bytes) >>> 0;

// -- age: https://age-encryption.org/v1, by node's own cryptography --------------------------------------------------

const base64 = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
const hkdf = (key, salt, info) => Buffer.from(crypto.hkdfSync("sha256", key, salt, info, 32));

function encrypt(key, nonce, plain) {
  const cipher = crypto.createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

const raw = (key, name) => Buffer.from(key.export({ format: "jwk" })[name], "base64url");

/** An X25519 identity of age: its secret bytes, its text and what seals to it. */
export function newIdentity() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync("x25519");
  return { text: bech32("age-secret-key-", raw(privateKey, "d")).toUpperCase(), publicKey };
}

function stanzaFor({ publicKey }, fileKey) {
  const ephemeral = crypto.generateKeyPairSync("x25519");
  const share = raw(ephemeral.publicKey, "x");
  const shared = crypto.diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
  const wrapKey = hkdf(shared, Buffer.concat([share, raw(publicKey, "x")]), "age-encryption.org/v1/X25519");
  return `-> X25519 ${base64(share)}\n${base64(encrypt(wrapKey, Buffer.alloc(12), fileKey))}\n`;
}

function stanzaOfWords({ words, factor }, fileKey) {
  const salt = crypto.randomBytes(16);
  const salted = Buffer.concat([Buffer.from("age-encryption.org/v1/scrypt"), salt]);
  const wrapKey = crypto.scryptSync(words, salted, 32, { N: 2 ** factor, r: 8, p: 1, maxmem: 2 ** 30 });
  return `-> scrypt ${base64(salt)} ${factor}\n${base64(encrypt(wrapKey, Buffer.alloc(12), fileKey))}\n`;
}

/** An age file of `plain`, to identities, or to `{ words, factor }`. */
export function seal(plain, ...recipients) {
  const fileKey = crypto.randomBytes(16);
  const stanzas = recipients.map((each) => (each.words ? stanzaOfWords(each, fileKey) : stanzaFor(each, fileKey)));
  const header = `age-encryption.org/v1\n${stanzas.join("")}---`;
  const mac = crypto
    .createHmac("sha256", hkdf(fileKey, Buffer.alloc(0), "header"))
    .update(header)
    .digest();
  const nonce = crypto.randomBytes(16);
  const key = hkdf(fileKey, nonce, "payload");
  const chunks = [Buffer.from(`${header} ${base64(mac)}\n`), nonce];
  const count = Math.max(1, Math.ceil(plain.length / 65536));
  for (let number = 0; number < count; number += 1) {
    const chunkNonce = Buffer.alloc(12);
    chunkNonce.writeUInt32BE(number, 7);
    chunkNonce[11] = Number(number === count - 1);
    chunks.push(encrypt(key, chunkNonce, plain.subarray(number * 65536, (number + 1) * 65536)));
  }
  return Buffer.concat(chunks);
}

// -- Bech32, BIP-173 --------------------------------------------------------------------------------------------------

const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

function bech32(prefix, bytes) {
  const words = fives(bytes);
  const expanded = [...prefix].map((letter) => letter.charCodeAt(0) >> 5);
  expanded.push(0, ...[...prefix].map((letter) => letter.charCodeAt(0) & 31));
  const rest = polymod([...expanded, ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const sum = [0, 1, 2, 3, 4, 5].map((at) => (rest >> (5 * (5 - at))) & 31);
  return `${prefix}1${[...words, ...sum].map((word) => LETTERS[word]).join("")}`;
}

function fives(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits.match(/.{1,5}/g).map((five) => parseInt(five.padEnd(5, "0"), 2));
}

function polymod(words) {
  let rest = 1;
  for (const word of words) {
    const top = rest >>> 25;
    rest = ((rest & 0x1ffffff) << 5) ^ word;
    [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].forEach((each, bit) => {
      if ((top >> bit) & 1) rest ^= each;
    });
  }
  return rest >>> 0;
}

// -- files as somebody gives them -------------------------------------------------------------------------------------

/** Bytes as a file that was given; counts what was read of it. */
export class Given {
  constructor(path, bytes) {
    this.path = path;
    this.bytes = bytes;
    this.read = 0;
  }

  get length() {
    return this.bytes.length;
  }

  async readAt(offset, length) {
    const part = this.bytes.subarray(offset, offset + length);
    this.read += part.length;
    return new Uint8Array(part);
  }
}
