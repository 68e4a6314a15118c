"use strict";
// A field over a table: rows that hold all of its words stay.
(() => {
  for (const box of document.querySelectorAll(".filtered")) {
    const tools = box.querySelector(".choices"), count = box.querySelector("[role=status]"), body = box.querySelector("table").tBodies[0];
    const label = document.createElement("label"), field = document.createElement("input"), rows = [...body.rows];
    const texts = rows.map(row => [...row.cells].map(cell => cell.textContent + " " + cell.title).join(" ").toLowerCase());
    label.textContent = "Find";
    field.type = "search";
    field.placeholder = tools.dataset.words;
    label.append(field);
    tools.append(label);
    tools.hidden = false;
    const apply = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, k) => {
        row.hidden = !words.every(word => texts[k].includes(word));
        shown += !row.hidden;
      });
      count.textContent = shown === rows.length ? `${shown.toLocaleString("en-US")} rows` : `${shown.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")} rows`;
    };
    field.addEventListener("input", apply);
    apply();
  }
})();
