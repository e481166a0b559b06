/* The search page: all words, page by page and section by section, with the words
   around them. The text lies in `search_text.js`, which this page alone loads, so that
   a book opened from disk is searched as well. */
(() => {
  const out = document.getElementById("search-results");
  const asked = new URLSearchParams(location.search).get("q") || "";
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  for (const field of document.querySelectorAll('input[name="q"]')) field.value = asked;
  if (!out || !words.length) return;

  const MOST = 100;
  const AROUND = 80;
  const made = (name, text, style) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (style) element.className = style;
    return element;
  };

  // A section whose heading has all the words comes first, then by how often they occur.
  const weight = (section) => {
    const title = section.title.toLowerCase();
    const text = `${title} ${section.text.toLowerCase()}`;
    if (!words.every((word) => text.includes(word))) return 0;
    const often = words.map((word) => text.split(word).length - 1);
    const heading = words.every((word) => title.includes(word)) ? 1000 : 0;
    return heading + often.reduce((one, other) => one + Math.min(other, 20), 0);
  };
  const found = window.SEARCH_TEXT.flatMap((page) =>
    page.sections.map((section) => ({ page, section, weight: weight(section) })))
    .filter((one) => one.weight > 0)
    .sort((one, other) => other.weight - one.weight);

  // A line of text with the sought words marked.
  const marked = (text) => {
    const line = made("p", "", "context");
    const parts = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    for (const part of text.split(new RegExp(`(${parts.join("|")})`, "gi"))) {
      const sought = words.includes(part.toLowerCase());
      line.append(sought ? made("mark", part) : part);
    }
    return line;
  };
  const excerpt = (text) => {
    const places = words.map((word) => text.toLowerCase().indexOf(word));
    const first = Math.min(...places.filter((place) => place >= 0), text.length);
    const from = Math.max(0, Math.min(first, text.length - AROUND) - AROUND);
    const start = from ? text.indexOf(" ", from) + 1 : 0;
    const end = text.indexOf(" ", first + AROUND);
    const piece = text.slice(start, end < 0 ? text.length : end);
    return `${start ? "… " : ""}${piece}${end < 0 ? "" : " …"}`;
  };

  const many = found.length === 1 ? "1 section holds" : `${found.length} sections hold`;
  const cut = found.length > MOST ? `; the first ${MOST} are shown` : "";
  const status = made("p", `${many} “${asked}”${cut}.`, "search-summary");
  status.setAttribute("role", "status");
  const list = made("ul", "", "search");
  for (const { page, section } of found.slice(0, MOST)) {
    const item = made("li");
    const title = section.anchor ? `${page.title} › ${section.title}` : page.title;
    const link = made("a", title);
    link.href = page.address + (section.anchor ? `#${section.anchor}` : "");
    item.append(link, marked(excerpt(section.text)));
    list.append(item);
  }
  out.replaceChildren(status, list);
})();
