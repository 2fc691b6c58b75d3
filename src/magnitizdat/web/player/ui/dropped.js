// Files that are dropped on the page, wherever: unhandled, the browser would leave the page and open them.

/** `taken(files)` gets a promise of [{file, name}], a name with its folders. */
export function drops(taken) {
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  const over = (on) => (event) => {
    if (!carries(event)) return;
    if (on) event.preventDefault();
    document.querySelector(".drop")?.classList.toggle("over", on);
  };
  addEventListener("dragover", over(true));
  addEventListener("dragleave", over(false));
  addEventListener("drop", (event) => {
    if (!carries(event)) return;
    over(false)(event);
    event.preventDefault();
    taken(dropped(event.dataTransfer));
  });
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, name: file.name }));
  return (await Promise.all(entries.map((entry) => walked(entry, "")))).flat();
}

async function walked(entry, above) {
  const name = `${above}${entry.name}`;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), name }];
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map((one) => walked(one, `${name}/`)))).flat();
}
