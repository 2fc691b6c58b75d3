// Files on their way to the server, each under a number of this page's.
import { upload } from "./api.js";

let last = Math.floor(Math.random() * 2e9); // numbers go on from a chance one, so that no other tab's file is replaced

/** Send one; its number there. `named` hears the number before the first byte goes. @param {Blob} file @param {string} name @param {Parameters<typeof upload>[3]} [options] @param {(number: number) => void} [named] */
export async function send(file, name, options = {}, named = () => {}) {
  last += 1;
  const number = last;
  named(number);
  await upload(number, file, name, options);
  return number;
}
