// What of node is used here; its own types are many megabytes.

declare module "node:fs" {
  export function readFileSync(file: number, encoding: "utf8"): string;
}

declare module "node:path" {
  export function join(...parts: string[]): string;
  export function relative(from: string, to: string): string;
}

declare const console: { log(text: string): void };
