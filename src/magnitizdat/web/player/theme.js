// Before the first paint: the theme that was chosen here, otherwise what the system says.
const theme = localStorage.getItem("theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
