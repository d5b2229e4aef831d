// *New conversation* opens one that was left untouched. One with unsaved text in this
// browser is none: another tab may show it.

document.addEventListener("submit", ({ target }) => {
  if (!target.matches("form#new")) return;
  try {
    const drafts = Object.keys(localStorage).map((name) => name.match(/^draft ([\w-]+) /)?.[1]);
    target.elements.begun.value = [...new Set(drafts.filter(Boolean))].join(" ");
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // a browser that keeps no drafts
  }
});
