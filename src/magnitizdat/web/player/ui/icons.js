import { svg } from "./dom.js";

const PATHS = {
  play: "M6 4l14 8-14 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  next: "M4 5l9 7-9 7zM13 5l7 7-7 7z",
  back: "M20 5l-9 7 9 7zM11 5l-7 7 7 7z",
  queue: "M3 5h18v2H3zM3 11h18v2H3zM3 17h11v2H3z",
  lyrics: "M4 4h16v12H10l-5 4v-4H4zM7 8v1.6h10V8zM7 11v1.6h7V11z",
  star: "M12 2.5l2.9 6.3 6.8.8-5 4.7 1.3 6.8-6-3.4-6 3.4 1.3-6.8-5-4.7 6.8-.8z",
  more: "M10 4h4v4h-4zM10 10h4v4h-4zM10 16h4v4h-4z",
  grip: "M5 6h14v2H5zM5 11h14v2H5zM5 16h14v2H5z",
  close: "M5 3.6L12 10.6 19 3.6 20.4 5 13.4 12 20.4 19 19 20.4 12 13.4 5 20.4 3.6 19 10.6 12 3.6 5z",
  up: "M12 6l8 9-1.5 1.5L12 9l-6.5 7.5L4 15z",
  down: "M12 18l-8-9 1.5-1.5L12 15l6.5-7.5L20 9z",
  sound: "M3 9v6h4l6 5V4L7 9zM16 8.5c2.4 1.6 2.4 5.4 0 7zM16 4.5c6 2.4 6 12.6 0 15v-2.2c3.8-2 3.8-8.6 0-10.6z",
  stick: "M8 2h8v6H8zM6 9h12v13H6zM10 4v2h1.500V4zM12.500 4v2H14V4z",
  check: "M4 12.500L5.500 11l4 4 9-10 1.500 1.500L9.500 18z",
  shuffle:
    "M3 6h4l8 11h3v-3l4 4-4 4v-3h-4L6 8H3zM14 6h4V3l4 4-4 4V8h-3l-2 2.700-1.200-1.700zM3 17h3l2-2.700 1.200 1.700L7 19H3z",
  repeat: "M6 6h11V3l5 4-5 4V8H8v4H6zM18 18H7v3l-5-4 5-4v3h9v-4h2z",
};

/** A small picture that says nothing by itself: whoever uses it names the button. @param {keyof typeof PATHS} name */
export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }),
  );
}
