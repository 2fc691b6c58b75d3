// Files that are dropped on the page, wherever: unhandled, the browser would leave the page and open them.

/** @param {(files: Promise<Dropped[]>) => void} taken */
export function drops(taken) {
  const carries = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  const over = (/** @type {boolean} */ on) => (/** @type {DragEvent} */ event) => {
    if (!carries(event)) return;
    if (on) event.preventDefault();
    document.querySelector(".drop")?.classList.toggle("over", on);
  };
  addEventListener("dragover", over(true));
  addEventListener("dragleave", over(false));
  addEventListener("drop", (event) => {
    if (!event.dataTransfer || !carries(event)) return;
    over(false)(event);
    event.preventDefault();
    taken(dropped(event.dataTransfer));
  });
}

/** @param {DataTransfer} transfer @returns {Promise<Dropped[]>} */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry !== null);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
  return (await Promise.all(entries.map((entry) => walked(entry, "")))).flat();
}

/** Files of an entry and all below it. @param {FileSystemEntry} entry @param {string} above @returns {Promise<Dropped[]>} */
export async function walked(entry, above) {
  const name = `${above}${entry.name}`;
  if (entry.isFile) return [{ file: await fileOf(/** @type {FileSystemFileEntry} */ (entry)), name }];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const inside = [];
  for (let some = await next(reader); some.length; some = await next(reader)) inside.push(...some);
  return (await Promise.all(inside.map((one) => walked(one, `${name}/`)))).flat();
}

/** @param {FileSystemFileEntry} entry @returns {Promise<File>} */
const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

/** Some more entries of a folder: browsers give a hundred at a time. @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
const next = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
