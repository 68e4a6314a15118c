"use strict";
// Sorting of tables. Text is only ever set as text.
(() => {
  // A button in each heading; empty cells stay last both ways.
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    table.caption.firstChild.append("; choose a heading to sort by it");
    heads.forEach((head, place) => {
      if (!head.textContent) return;  // bars: nothing to read, nothing to sort by
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = row => {
          const text = row.cells[place].dataset.v;
          if (text === undefined) return null;
          if (text === "inf") return Infinity;
          const number = Number(text);
          return Number.isNaN(number) ? text : number;
        };
        const rows = [...body.rows].map(row => [key(row), row]);
        rows.sort(([a], [b]) => {
          if (a === null || b === null) return (a === null) - (b === null);
          const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
          return down ? -order : order;
        });
        body.append(...rows.map(([, row]) => row));
      });
    });
  }
})();
