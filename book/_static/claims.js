/* The tables of all claims, one a document: searched, narrowed and sorted in the page
   itself. Without this script they are plain tables, folded. Loads nothing. */
(() => {
  const tables = [...document.querySelectorAll("table.ledger")].map((table) => ({
    table,
    fold: table.closest("details"),
    rows: [...table.tBodies[0].rows],
    heads: [...table.tHead.rows[0].cells],
  }));
  if (!tables.length) return;
  const every = tables.flatMap(({ rows }) => rows);
  const words = tables[0].heads.map((head) => head.textContent.trim());
  const asked = new URLSearchParams(location.search);
  // A verdict without what is said of it in italics.
  const text = (row, column) => {
    const [first] = row.cells[column].querySelectorAll("p");
    const nodes = [...(first || row.cells[column]).childNodes];
    const plain = nodes.filter((node) => node.nodeName !== "EM");
    return plain.map((node) => node.textContent).join("").trim();
  };

  const form = document.createElement("form");
  form.className = "ledger-filter";
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "Claims");
  const labelled = (name, field) => {
    const label = document.createElement("label");
    label.append(name, field);
    form.append(label);
    return field;
  };

  const search = document.createElement("input");
  search.type = "search";
  search.value = asked.get("search") || "";
  labelled("Search", search);

  // What may be chosen; "?document=A&on-paper=consistent" in the address sets it.
  const choice = (word, value) => {
    const select = document.createElement("select");
    const values = [...new Set(every.map(value))].sort();
    select.append(new Option("all", ""), ...values.map((v) => new Option(v, v)));
    select.value = asked.get(word.toLowerCase().replace(" ", "-")) || "";
    if (select.selectedIndex < 0) select.value = "";
    return { value, select: labelled(word, select) };
  };
  const verdict = (word) => choice(word, (row) => text(row, words.indexOf(word)));
  const letter = (row) => row.cells[0].textContent.trim()[0];
  const choices = [choice("Document", letter), verdict("On paper"), verdict("By run")];
  const count = document.createElement("output");
  form.append(count);

  // What is sought stands open; where nothing is, the documents' tables stay folded.
  const show = () => {
    const sought = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const narrowed = sought.length > 0 || choices.some(({ select }) => select.value);
    let shown = 0;
    for (const { fold, rows } of tables) {
      let here = 0;
      for (const row of rows) {
        const all = row.textContent.toLowerCase();
        row.hidden =
          !sought.every((word) => all.includes(word)) ||
          choices.some(({ value, select }) => select.value && value(row) !== select.value);
        here += !row.hidden;
      }
      fold.hidden = here === 0;
      if (narrowed) fold.open = here > 0;
      shown += here;
    }
    count.textContent = `${shown} of ${every.length} claims`;
  };

  const sortBy = ({ table, heads, rows }, column) => {
    const falls = heads[column].getAttribute("aria-sort") === "ascending";
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", falls ? "descending" : "ascending");
    const order = new Intl.Collator("en", { numeric: true }).compare;
    // By value where both are numbers: the collator takes 82.08 for more than 82.3.
    const apart = (one, other) =>
      parseFloat(one) - parseFloat(other) || order(one, other);
    rows.sort((a, b) => apart(text(a, column), text(b, column)) * (falls ? -1 : 1));
    table.tBodies[0].append(...rows);
  };
  for (const one of tables) {
    one.heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words[column];
      button.addEventListener("click", () => sortBy(one, column));
      head.replaceChildren(button);
    });
  }

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  tables[0].fold.before(form);
  show();
})();
