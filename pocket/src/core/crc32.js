// CRC-32 as ZIP has it. Source: PKWARE APPNOTE 6.3.10, 4.4.7.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** Goes on from `before`, the CRC-32 of what came before. @param {Uint8Array} bytes */
export function crc32(bytes, before = 0) {
  let rest = ~before;
  // Counted, not walked: some engines take ten times as long to walk.
  for (let at = 0; at < bytes.length; at += 1) rest = TABLE[(rest ^ bytes[at]) & 0xff] ^ (rest >>> 8);
  return ~rest >>> 0;
}
