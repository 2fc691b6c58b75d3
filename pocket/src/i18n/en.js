export default {
  title: "Library",

  "trouble.short": "A file ends too early; copy it again.",
};
