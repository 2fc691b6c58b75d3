// The one place that talks to the server. Every refusal arrives as one sentence.

/** Beside the cookie, which every port of this machine is sent: kept by origin, read anew each time, for another tab may have entered again. */
const [token, key] = [0, 1].map((place) => () => localStorage.getItem("session")?.split(" ")[place] ?? "");

export class ApiError extends Error {
  /** @param {string} sentence @param {string} kind as web/doors.py names it @param {number} status */
  constructor(sentence, kind, status) {
    super(sentence);
    this.kind = kind;
    this.status = status;
  }
}

/** The server does not answer: `mag` has ended, or the cable is out. */
export class GoneError extends Error {}

/** What kind of refusal an error is; "" where it is none. @param {unknown} error */
export const kindOf = (error) => (error instanceof ApiError ? error.kind : "");

/** Whether somebody stopped it, or went elsewhere. @param {unknown} error */
export const isStopped = (error) => error instanceof DOMException && error.name === "AbortError";

export const session = () => get("api/session");

/** @type {Get} */
export const get = (/** @type {string} */ url, /** @type {Asking} */ options = {}) =>
  ask("GET", url, undefined, options);
/** @type {Post} */
export const post = (
  /** @type {string} */ url,
  /** @type {Blob | object} */ body = {},
  /** @type {Asking} */ options = {},
) => ask("POST", url, body, options);
/** @type {Put} */
export const put = (/** @type {string} */ url, /** @type {object} */ body, /** @type {Asking} */ options = {}) =>
  ask("PUT", url, body, options);
/** @param {`api/albums/${Id}/edit`} url @param {Partial<Fields>} body @returns {Promise<Sentence>} */
export const patch = (url, body) => ask("PATCH", url, body);
/** @param {string} url @returns {Promise<Partial<Sentence>>} */
export const remove = (url) => ask("DELETE", url);

/** What was asked last about each thing. @type {Map<string, Promise<unknown>>} */
const asked = new Map();

/**
 * Ask once what was asked before about the same thing has its answer: browsers and servers take what is under way
 * together in any order, and what somebody chose last is what is to be kept.
 * @template T
 * @param {string} thing as in "star/17"
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
export async function inOrder(thing, ask) {
  const before = asked.get(thing);
  const answer = before ? before.then(ask, ask) : ask();
  asked.set(thing, answer);
  try {
    return await answer;
  } finally {
    if (asked.get(thing) === answer) asked.delete(thing);
  }
}

/** @param {string} method @param {string} url @param {Blob | object} [body] @param {Asking} [options] @returns {Promise<any>} */
async function ask(method, url, body, { signal, headers, keepalive } = {}) {
  /** @type {RequestInit & { headers: Record<string, string> }} */
  const request = {
    method,
    signal,
    keepalive,
    credentials: "same-origin",
    cache: "no-store",
    headers: { ...headers, "X-Mag-Token": token() },
  };
  if (body instanceof Blob) request.body = body;
  else if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers["Content-Type"] = "application/json";
  }
  return answered(await sent(url, request));
}

/** @param {string} url @param {RequestInit} request */
async function sent(url, request) {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (isStopped(error)) throw error;
    throw new GoneError("gone", { cause: error });
  }
}

/** @param {Response} response */
async function answered(response) {
  const value = parsed(await response.text());
  if (response.ok) return value;
  throw refusal(value, response.status);
}

/** @param {any} value the body; where it is no sentence of ours the page has one @param {number} status */
function refusal(value, status) {
  return new ApiError(value?.error ?? "", value?.kind ?? (status === 404 ? "notfound" : "unexpected"), status);
}

/** @param {string} text */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return null;
  }
}

/**
 * Upload one file with its progress; fetch cannot tell how far it is. The name travels sealed in a header, never in the URL.
 * @param {number} number @param {Blob} file @param {string} name
 * @param {{ onprogress?: (loaded: number) => void, signal?: AbortSignal }} options
 * @returns {Promise<void>}
 */
export function upload(number, file, name, { onprogress, signal }) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open("PUT", `api/uploads/${number}`);
    request.setRequestHeader("X-Mag-Token", token());
    request.setRequestHeader("X-Mag-Name", encodeURIComponent(name));
    request.upload.addEventListener("progress", (event) => onprogress?.(event.loaded));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else reject(refusal(parsed(request.responseText), request.status));
    });
    request.addEventListener("error", () => reject(new GoneError("gone")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/**
 * The address of a picture or sound for the browser to load by itself, which sends no header; null where there is none.
 * @param {string | null | undefined} url
 */
export const media = (url) => (url ? `${url}${url.includes("?") ? "&" : "?"}key=${key()}` : null);

let covers = "";

/** A cover was changed under its address: what the browser still holds in memory is not it. */
export function coversChanged() {
  covers = `&now=${Date.now()}`;
}

/** @param {Id} id @param {number} size */
export const coverUrl = (id, size) => media(id && `api/covers/${encodeURIComponent(id)}?size=${size}${covers}`);
/** @param {Id} song @param {string} [codec] */
export const audioUrl = (song, codec) =>
  `${media(`api/songs/${encodeURIComponent(song)}/audio${codec ? `?codec=${codec}` : ""}`)}`;
