// What the server says by itself: the library was opened or locked, by whichever program. A stopped server says nothing more.
import { media } from "./api.js";

/** Of this server: another one behind the same proxy has another path. */
const name = `library ${location.pathname}`;

/** Every tab here is told at once, whichever of them listens to the server. @param {Session["state"]} state */
export function tellTabs(state) {
  const tabs = new BroadcastChannel(name);
  tabs.postMessage(state);
  tabs.close();
}

/**
 * Call `told` with each state that is said, and `lost` where the server is not there. One tab of a browser listens for all:
 * a browser opens six connections to one server, and music wants some.
 * @param {(state: Session["state"]) => unknown} told @param {() => unknown} lost
 */
export function hear(told, lost) {
  const tabs = new BroadcastChannel(name);
  /** @param {Session["state"] | ""} state */
  const take = (state) => (state ? told(state) : lost());
  /** @param {Session["state"] | ""} state */
  const pass = (state) => {
    take(state);
    tabs.postMessage(state);
  };
  tabs.addEventListener("message", (event) => take(event.data));
  const listen = () =>
    new Promise(() => {
      let source = new EventSource(`${media("api/events")}`);
      const begin = () => {
        source.addEventListener("message", (event) => pass(event.data));
        source.addEventListener("error", () => {
          pass("");
          if (source.readyState !== EventSource.CLOSED) return; // it asks again by itself
          setTimeout(() => {
            source = new EventSource(`${media("api/events")}`);
            begin();
          }, AGAIN_MS);
        });
      };
      begin();
    });
  if (navigator.locks) navigator.locks.request(name, listen);
  else listen(); // over plain http on a network
}

const AGAIN_MS = 5000;
