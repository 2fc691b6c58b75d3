// What the parts of the page hand to each other.

/** What the page says to itself (store.js), and what goes with it. */
interface Events {
  session: void;
  language: void;
  opened: void;
  query: void;
  picked: void;
  queue: void;
  player: void;
  hearing: void;
  evening: void;
  jobs: void;
  sending: void;
  finished: Job;
  unplayable: Song | null;
  silent: "device" | "lost" | "song";
  notice: { text: string; bad?: boolean };
  dropped: Promise<Dropped[]>;
}

interface View {
  show(params: string[], signal: AbortSignal): Promise<Element>;
}

/** A file with the folders that it lay in. */
interface Dropped {
  file: File;
  name: string;
}

/** Attributes; `on`: listeners; `style`: properties; `data`: for `dataset`. */
interface Props {
  on?: { [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => unknown };
  style?: Record<string, string>;
  data?: Record<string, string>;
  [attribute: string]: unknown;
}

type Child = Node | string | null | undefined | false | Child[];

/** A button's or form's work: what it throws is shown. */
type Act = () => unknown;

/** Fields of a form, and what stands in them. */
interface Part<Value> {
  node: HTMLElement;
  read(): Value;
}

/** What a sentence is asked for by. */
type Key = keyof typeof import("../../src/magnitizdat/web/player/i18n/en.js").default;

/** Shows a job. */
type Watch = (id: Id) => void;

/** Shows what comes next in the place of what was. */
type Step = (...content: Child[]) => void;

type FetchPage<Line> = (offset: number, size: number, signal: AbortSignal) => Promise<Line[]>;

/** A list of `total` cells in CSS pixels: see layout.js for its measures and pages.js for its lines. */
interface GridOptions<Line> {
  total: number;
  first: Line[];
  fetchPage: FetchPage<Line>;
  cell: (line: Line) => Node;
  least: number;
  foot: number;
  gap?: number;
  square?: boolean;
  signal: AbortSignal;
  label: string;
}

/** `across`: how wide a cell is; `down`: from row to row. */
interface Shape {
  columns: number;
  across: number;
  down: number;
  gap: number;
}
