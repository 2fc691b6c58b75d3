/** An engine: in a worker where one starts, else in slices. @returns {import("../types.js").Engine} */
export function makeEngine() {
  throw new Error("not here yet");
}
