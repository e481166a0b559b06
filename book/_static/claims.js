/* The table of all claims: searched, narrowed and sorted in the page itself.
   Without this script it is a plain table. Loads nothing. */
(() => {
  const table = document.querySelector("table.ledger");
  if (!table) return;
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const words = heads.map((head) => head.textContent.trim());
  const text = (row, column) => row.cells[column].textContent.trim();
  const asked = new URLSearchParams(location.search);

  const form = document.createElement("form");
  form.className = "ledger-filter";
  form.setAttribute("role", "search");
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

  // A choice for each column of few values; "?document=A" in the address sets it.
  const choices = ["Document", "On paper", "By run"].map((word) => {
    const column = words.indexOf(word);
    const select = document.createElement("select");
    const values = [...new Set(rows.map((row) => text(row, column)))].sort();
    select.append(new Option("all", ""), ...values.map((v) => new Option(v, v)));
    select.value = asked.get(word.toLowerCase().replace(" ", "-")) || "";
    if (select.selectedIndex < 0) select.value = "";
    return { column, select: labelled(word, select) };
  });

  const count = document.createElement("output");
  form.append(count);

  const show = () => {
    const sought = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const all = row.textContent.toLowerCase();
      row.hidden =
        !sought.every((word) => all.includes(word)) ||
        choices.some(({ column, select }) =>
          select.value && text(row, column) !== select.value);
      shown += !row.hidden;
    }
    count.textContent = `${shown} of ${rows.length} claims`;
  };

  const sortBy = (column) => {
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
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words[column];
    button.addEventListener("click", () => sortBy(column));
    head.replaceChildren(button);
  });

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  (table.closest(".pst-scrollable-table-container") || table).before(form);
  show();
  // The table has grown a form above it: go again to the row that was asked for.
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
})();
