// The one place that talks to the server. Every refusal arrives as one sentence.

/** Beside the cookie, which every port of this machine is sent: kept by origin, read anew each time, for another tab may have entered again. */
const [token, key] = [0, 1].map((place) => () => localStorage.getItem("session")?.split(" ")[place] ?? "");

export class ApiError extends Error {
  constructor(sentence, kind, status) {
    super(sentence);
    this.kind = kind;
    this.status = status;
  }
}

/** The server does not answer: `mag` has ended, or the cable is out. */
export class GoneError extends Error {}

export const session = () => get("api/session");

export const get = (url, options) => ask("GET", url, undefined, options);
export const post = (url, body, options) => ask("POST", url, body ?? {}, options);
export const put = (url, body, options) => ask("PUT", url, body, options);
export const patch = (url, body) => ask("PATCH", url, body);
export const remove = (url) => ask("DELETE", url);

async function ask(method, url, body, { signal, headers = {}, language } = {}) {
  const raw = body instanceof Blob;
  const request = {
    method,
    signal,
    credentials: "same-origin",
    cache: "no-store",
    headers: { ...headers, "X-Mag-Token": token() },
  };
  if (language) request.headers["Accept-Language"] = language;
  if (raw) request.body = body;
  else if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers["Content-Type"] = "application/json";
  }
  return answered(await sent(url, request));
}

async function sent(url, request) {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new GoneError("gone", { cause: error });
  }
}

async function answered(response) {
  const text = await response.text();
  const value = parsed(text);
  if (response.ok) return value;
  const kind = value?.kind ?? (response.status === 404 ? "notfound" : "unexpected");
  throw new ApiError(value?.error ?? `${response.status} ${response.statusText}`, kind, response.status);
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return null;
  }
}

/** Upload one file with its progress; fetch cannot tell how far it is. The name travels sealed in a header, never in the URL. */
export function upload(number, file, name, { onprogress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `api/uploads/${number}`);
    request.setRequestHeader("X-Mag-Token", token());
    request.setRequestHeader("X-Mag-Name", encodeURIComponent(name));
    request.upload.addEventListener("progress", (event) => onprogress?.(event.loaded));
    request.addEventListener("load", () => {
      const value = parsed(request.responseText);
      if (request.status < 300) resolve(value);
      else reject(new ApiError(value?.error ?? String(request.status), value?.kind ?? "unexpected", request.status));
    });
    request.addEventListener("error", () => reject(new GoneError("gone")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** The address of a picture or sound for the browser to load by itself, which sends no header; null where there is none. */
export const media = (url) => (url ? `${url}${url.includes("?") ? "&" : "?"}key=${key()}` : null);

let covers = "";

/** A cover was changed under its address: what the browser still holds in memory is not it. */
export function coversChanged() {
  covers = `&now=${Date.now()}`;
}

export const coverUrl = (id, size) => media(id && `api/covers/${encodeURIComponent(id)}?size=${size}${covers}`);
export const audioUrl = (song) => media(`api/songs/${encodeURIComponent(song)}/audio`);
