// One switch for the page: replies formatted, or every character as it is. Remembered in
// this browser. No module: it runs before the page is drawn, so that nothing jumps.
{
  const root = document.documentElement;
  const KEY = "view";

  const kept = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is off: the choice holds for this page
    }
  };

  const keep = (view) => {
    try {
      localStorage.setItem(KEY, view);
    } catch {
      // as above
    }
  };

  const show = (view) => {
    root.dataset.view = view === "raw" ? "raw" : "formatted";
    for (const button of document.querySelectorAll("button.view")) {
      button.setAttribute("aria-pressed", String(view === "raw"));
    }
  };

  show(kept());
  document.addEventListener("DOMContentLoaded", () => show(kept()));
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY) show(newValue);
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.("button.view")) return;
    const view = root.dataset.view === "raw" ? "formatted" : "raw";
    show(view);
    keep(view);
  });
}
