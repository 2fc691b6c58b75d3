// Who may open an age file: a key as age writes it, and a passphrase. Source: age v1 specification, "Native recipient types".
import { FILE_KEY_LENGTH, verifyMac } from "./age_header.js";
import { bech32Decoded } from "./bech32.js";
import { encoded, joined, overwrite, unbase64 } from "./bytes.js";
import { chacha20poly1305, derived, scryptAsync, x25519 } from "./primitives.js";
import { Trouble, damaged, isKind, notMine, unsupported } from "./trouble.js";

/** @typedef {import("./age_header.js").Header} Header */
/** @typedef {import("./age_header.js").Stanza} Stanza */
/**
 * `unwrap` gives the file key, or null where no stanza is ours. It throws DamagedError if one of our type is malformed.
 * @typedef {{ unwrap(stanzas: readonly Stanza[]): Promise<Uint8Array | null>, forget(): void }} Identity
 */

/** Powers of two of work that a passphrase may cost: 128 MiB of memory, as every reel has. */
export const WORK_MOST = 17;

const KEY_LENGTH = 32;
const SALT_LENGTH = 16;
const WRAPPED_LENGTH = FILE_KEY_LENGTH + 16;
const ZERO_NONCE = new Uint8Array(12);
const X25519_INFO = "age-encryption.org/v1/X25519";
const SCRYPT_LABEL = encoded("age-encryption.org/v1/scrypt");
const SLICE_MS = 40; // of work before others have their turn: less is mostly waiting, more is felt
const OTHER_KEYS = /^(AGE-SECRET-KEY-PQ-1|AGE-PLUGIN-|-----BEGIN |ssh-)/i;

/**
 * The key in what was pasted: one line, or a file of age with its comments.
 * Throws: UnsupportedError for a key of another kind, DamagedError for one that is not whole.
 * @param {string} text
 */
export function parseIdentity(text) {
  const lines = text.split(/[\r\n]+/).map((each) => each.trim());
  const line = lines.find((each) => each && !each.startsWith("#")) ?? "";
  if (OTHER_KEYS.test(line)) throw unsupported("trouble.other_key");
  if (!line.startsWith("AGE-SECRET-KEY-1")) throw damaged("trouble.no_key");
  const { content } = bech32Decoded(line);
  if (content.length !== KEY_LENGTH) throw damaged("trouble.mistyped");
  return new X25519Identity(content);
}

/** `AGE-SECRET-KEY-1…`. @implements {Identity} */
export class X25519Identity {
  #secret;
  #recipient;

  /** @param {Uint8Array} secret 32 bytes, overwritten when they are forgotten */
  constructor(secret) {
    this.#secret = secret;
    this.#recipient = x25519.scalarMult(secret, x25519.GuBytes);
  }

  /** @param {readonly Stanza[]} stanzas */
  async unwrap(stanzas) {
    for (const stanza of stanzas.filter(({ args }) => args[0] === "X25519")) {
      const wrapKey = this.#wrapKey(shareOf(stanza));
      const fileKey = opened(wrapKey, stanza.body);
      if (fileKey) return fileKey;
    }
    return null;
  }

  forget() {
    overwrite(this.#secret);
  }

  /** @param {Uint8Array} share */
  #wrapKey(share) {
    const shared = sharedSecret(this.#secret, share);
    const wrapKey = derived(shared, joined([share, this.#recipient]), X25519_INFO);
    overwrite(shared);
    return wrapKey;
  }
}

/** Throws: DamagedError for a point of low order, whose secret is all zeros. @param {Uint8Array} secret @param {Uint8Array} share */
function sharedSecret(secret, share) {
  try {
    return x25519.getSharedSecret(secret, share);
  } catch {
    throw damaged();
  }
}

/** The key share of a stanza `X25519 <share>`. Throws: DamagedError for any other. @param {Stanza} stanza */
function shareOf({ args, body }) {
  const share = args.length === 2 && body.length === WRAPPED_LENGTH ? unbase64(args[1]) : null;
  if (share?.length !== KEY_LENGTH) throw damaged();
  return share;
}

/** What a wrap key opens, the key overwritten; null where it opens nothing. @param {Uint8Array} wrapKey @param {Uint8Array} body */
function opened(wrapKey, body) {
  try {
    return chacha20poly1305(wrapKey, ZERO_NONCE).decrypt(body);
  } catch {
    return null;
  } finally {
    overwrite(wrapKey);
  }
}

/** A passphrase to open with. @implements {Identity} */
export class ScryptIdentity {
  #passphrase;
  #most;
  #progress;

  /** @param {string} passphrase @param {{ workMost?: number, progress?: (part: number) => void }} [given] `progress`: from 0 to 1 */
  constructor(passphrase, { workMost = WORK_MOST, progress } = {}) {
    this.#passphrase = encoded(passphrase);
    this.#most = workMost;
    this.#progress = progress;
  }

  /**
   * Takes a second, in slices, so that a page without a worker stays awake.
   * Throws: WrongPassphraseError, OverBudgetError for too much work, DamagedError.
   * @param {readonly Stanza[]} stanzas
   */
  async unwrap(stanzas) {
    const stanza = stanzas.find(({ args }) => args[0] === "scrypt");
    if (!stanza) return null;
    const { salt, work } = this.#asked(stanza);
    const fileKey = opened(await this.#wrapKey(salt, work), stanza.body);
    if (!fileKey) throw new Trouble("WrongPassphraseError", { key: "trouble.wrong_words" });
    return fileKey;
  }

  forget() {
    overwrite(this.#passphrase);
  }

  /** @param {Stanza} stanza */
  #asked({ args, body }) {
    const salt = args.length === 3 && body.length === WRAPPED_LENGTH ? unbase64(args[1]) : null;
    if (salt?.length !== SALT_LENGTH || !/^[1-9][0-9]*$/.test(args[2])) throw damaged();
    if (args[2].length > 2 || Number(args[2]) > this.#most) {
      throw new Trouble("OverBudgetError", { key: "trouble.work" });
    }
    return { salt, work: Number(args[2]) };
  }

  /** @param {Uint8Array} salt @param {number} work */
  async #wrapKey(salt, work) {
    const cost = { N: 2 ** work, r: 8, p: 1, dkLen: KEY_LENGTH, asyncTick: SLICE_MS };
    try {
      return await scryptAsync(this.#passphrase, joined([SCRYPT_LABEL, salt]), {
        ...cost,
        onProgress: inPercents(this.#progress),
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Trouble("UnsupportedError", { key: "trouble.memory", values: { mib: 2 ** (work - 10) } }, error);
    }
  }
}

/**
 * The file key of a header, verified.
 * Throws: NotMineError if no identity fits, WrongPassphraseError, OverBudgetError, DamagedError.
 * @param {Header} header @param {readonly Identity[]} identities
 */
export async function unwrapped(header, identities) {
  let wrong = null;
  for (const identity of identities) {
    try {
      const fileKey = await identity.unwrap(header.stanzas);
      if (!fileKey) continue;
      verifyMac(header, fileKey);
      return fileKey;
    } catch (error) {
      if (!isKind(error, "WrongPassphraseError")) throw error; // another one may fit
      wrong = error;
    }
  }
  throw wrong ?? notMine("trouble.not_for_you");
}

/** Tells of whole percents: ten thousand messages would cost more than the work. @param {((part: number) => void) | undefined} progress */
function inPercents(progress) {
  let told = -1;
  return (/** @type {number} */ part) => {
    const percent = Math.floor(part * 100);
    if (percent === told) return;
    told = percent;
    progress?.(percent / 100);
  };
}
