/* What every page does beyond being read. Loads nothing, and every page is whole
   without it. */
(() => {
  // What scrolls sideways can be reached by the keyboard.
  const SCROLLING = "pre, .cell_output, .output, div.math, .pst-scrollable-table-container";
  const reach = () => {
    for (const box of document.querySelectorAll(SCROLLING)) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };

  // A number's source, which a mouse sees on pointing, for fingers and keyboards: the
  // first tap shows it, with a link that leads there.
  const NUMBER = ":is(.measured, .compared, .claim) a";
  const note = document.createElement("div");
  note.className = "source-note";
  note.setAttribute("role", "status");
  note.hidden = true;
  const told = (link) => link.title || link.dataset.bsOriginalTitle || "";
  const show = (link) => {
    const way = document.createElement("a");
    way.href = link.href;
    way.textContent = "Go to the source";
    note.replaceChildren(told(link), ". ", way);
    note.hidden = false;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(NUMBER);
    if (link && told(link) && event.pointerType === "touch") {
      event.preventDefault();
      show(link);
    } else if (!note.contains(event.target)) {
      note.hidden = true;
    }
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(NUMBER) && event.target.matches(":focus-visible")) {
      show(event.target);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") note.hidden = true;
  });

  // What a link leads to is not left folded.
  const unfold = () => {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    if (!place) return;
    for (let box = place.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
    place.scrollIntoView({ behavior: "instant", block: "center" });
  };

  const start = () => {
    document.body.append(note);
    reach();
    unfold();
  };
  addEventListener("resize", reach);
  addEventListener("hashchange", unfold);
  addEventListener("load", unfold);
  document.addEventListener("toggle", reach, true);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
