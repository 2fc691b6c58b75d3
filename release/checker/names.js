// Names and forms that are looked for wherever they stand.
import { SyntaxKind as Kind } from "typescript/unstable/ast";

/** Where a browser reads a script of a text, and a function does as well. */
export const TIMERS = new Set(["setTimeout", "setInterval"]);
export const ADDRESS = /^\s*(?:[a-z][a-z\d+.-]*:(?!\s)|\/\/|\\\\)/i;
export const SWITCHED_OFF = /@ts-(?:ignore|nocheck|expect-error)/;

/** Names that lead out, run a text or make markup of it, whatever the thing is called that has them. */
export const SHARP = new Set(
  (
    "constructor __proto__ innerHTML outerHTML insertAdjacentHTML setHTML setHTMLUnsafe parseHTMLUnsafe srcdoc" +
    " createContextualFragment href src srcset action formAction ping cookie location ownerDocument defaultView" +
    " contentWindow contentDocument opener getRootNode parentElement parentNode offsetParent baseURI view srcElement" +
    " composedPath click submit requestSubmit host hostname pathname sendBeacon fetch serviceWorker localStorage sessionStorage indexedDB caches cssText"
  ).split(" "),
);

/** Ways to write that the page has no need of. */
export const UNUSUAL = new Map([
  [Kind.MetaProperty, "import.meta"],
  [Kind.DebuggerStatement, "debugger"],
  [Kind.WithStatement, "with"],
  [Kind.ForInStatement, "for … in"],
]);
export const WITHOUT = new Set([Kind.FunctionDeclaration, Kind.FunctionExpression]);
export const OWNERS = new Set([
  ...WITHOUT,
  Kind.SourceFile,
  Kind.MethodDeclaration,
  Kind.Constructor,
  Kind.GetAccessor,
  Kind.SetAccessor,
  Kind.PropertyDeclaration,
  Kind.ClassStaticBlockDeclaration,
]);
