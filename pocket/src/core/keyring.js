// The keys that a person brought, tried on the headers of one reel.
import { verifyMac } from "./age_header.js";
import { notMine } from "./trouble.js";

/** @typedef {import("./age_header.js").Header} Header */
/** @typedef {import("./age_keys.js").Identity} Identity */

/** Recipients of a reel that are tried: each costs a thousandth of a second, and much more without a JIT. */
const MOST_TRIES = 4096;

/**
 * All segments of a reel name their people in one order: the place that opened one is tried first on the next.
 */
export class Keyring {
  /** @param {readonly Identity[]} identities */
  constructor(identities) {
    this.identities = identities;
    /** @type {{ identity: Identity, at: number } | null} */
    this.place = null;
    this.tried = 0;
  }

  /**
   * The file key of a segment, its header verified.
   *
   * Throws: NotMineError where it is sealed to somebody else, DamagedError.
   * @param {Header} header
   * @param {() => Promise<void>} breathe
   */
  async fileKey(header, breathe) {
    const key = (await this.whereItWas(header)) ?? (await this.anywhere(header, breathe));
    verifyMac(header, key);
    return key;
  }

  /** @param {Header} header */
  async whereItWas(header) {
    if (this.place === null) return null;
    const { identity, at } = this.place;
    return identity.unwrap(header.stanzas.slice(at, at + 1));
  }

  /** @param {Header} header @param {() => Promise<void>} breathe */
  async anywhere(header, breathe) {
    for (const identity of this.identities) {
      for (let at = 0; at < header.stanzas.length; at += 1) {
        if (this.tried >= MOST_TRIES) throw notMine("trouble.too_many_people");
        this.tried += 1;
        const key = await identity.unwrap([header.stanzas[at]]);
        if (key !== null) {
          this.place = { identity, at };
          return key;
        }
        await breathe();
      }
    }
    throw notMine("trouble.not_for_you");
  }

  /** Overwrites the keys; none opens anything afterwards. */
  forget() {
    for (const identity of this.identities) identity.forget();
    this.identities = [];
    this.place = null;
  }
}
