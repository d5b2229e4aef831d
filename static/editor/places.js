// Links to a place on the page, as to a problem: the settings may be in a closed drawer or
// behind another tab, and the focus goes along.

const FIELDS = "select, textarea, input:not([type=hidden]), button";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place || event.ctrlKey || event.metaKey) return;
  const inspector = place.closest("#inspector");
  if (inspector) {
    document.getElementById("tab-settings")?.click();
    if (!inspector.getClientRects().length) inspector.showPopover();
  }
  event.preventDefault();
  place.closest("details")?.setAttribute("open", "");
  focus(inspector ? place.querySelector(FIELDS) ?? place : place);
  place.scrollIntoView({ block: "center" });
});

function focus(place) {
  if (!place.matches(FIELDS)) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}
