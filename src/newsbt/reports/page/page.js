"use strict";
// Sorting of tables, values beside the pointer, lines switched on and off. Text is only ever set as text.
(() => {
  const data = JSON.parse(document.getElementById("curve-data").textContent);
  const tip = document.getElementById("tip");
  const SVG = "http://www.w3.org/2000/svg";

  // Tables: a button in each heading; empty cells stay last both ways.
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    table.caption.firstChild.append("; choose a heading to sort by it");
    heads.forEach((head, place) => {
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

  // The legend switches a strategy's lines off in every chart over time.
  const places = new Map();
  for (const item of document.querySelectorAll("#legend li")) {
    places.set(item.dataset.name, places.size);
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.title = "Show or hide";
    button.append(...item.childNodes);
    item.append(button);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      for (const path of document.querySelectorAll("svg[data-chart] [data-line]")) {
        if (path.dataset.line === item.dataset.name) path.style.display = shown ? "" : "none";
      }
      hidden[shown ? "delete" : "add"](item.dataset.name);
    });
  }
  const hidden = new Set();

  // Values beside the pointer, or at the place that the arrow keys walk to.
  const percent = value => (value > 0 ? "+" : "") + (value * 100).toFixed(Math.abs(value) < 0.1 ? 2 : 1) + "%";
  const dayText = day => new Date(day * 864e5).toISOString().slice(0, 10);

  function nearest(days, wanted) {
    let low = 0, high = days.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (days[middle] <= wanted) low = middle; else high = middle;
    }
    return wanted - days[low] <= days[high] - wanted ? low : high;
  }

  for (const chart of document.querySelectorAll("svg[data-chart]")) {
    const lines = (data.charts || {})[chart.dataset.chart];
    if (!lines) continue;
    const [left, right, top, foot, first, last] = chart.dataset.frame.split(" ").map(Number);
    const width = chart.viewBox.baseVal.width;
    const cross = document.createElementNS(SVG, "line");
    cross.setAttribute("class", "cross");
    cross.setAttribute("y1", top);
    cross.setAttribute("y2", foot);
    cross.style.display = "none";
    chart.append(cross);
    let at = data.days.length - 1;

    function show(place) {
      at = Math.min(Math.max(place, 0), data.days.length - 1);
      const day = data.days[at], x = left + (day - first) / (last - first) * (right - left);
      cross.setAttribute("x1", x);
      cross.setAttribute("x2", x);
      cross.style.display = "";
      tip.replaceChildren();
      const head = document.createElement("b");
      head.textContent = dayText(day);
      tip.append(head);
      for (const line of lines) {
        if (hidden.has(line.name)) continue;
        const k = line.days ? nearest(line.days, day) : at, value = line.values[k];
        if (value === null || value === undefined) continue;
        const row = document.createElement("div"), name = document.createElement("bdi"), number = document.createElement("span");
        row.className = line.css;
        row.style.color = "var(--fg)";
        const dot = document.createElement("i");
        dot.style.cssText = "width:9px;height:9px;border-radius:5px;flex:none;background:var(--s)";
        name.textContent = line.name;
        number.textContent = percent(value);
        row.append(dot, name, number);
        tip.append(row);
      }
      if (chart.dataset.chart === "equity") {
        const close = data.marks.filter(([on]) => Math.abs(on - day) <= (last - first) / 180).slice(0, 3);
        for (const [, text] of close) {
          const row = document.createElement("p");
          row.style.margin = "4px 0 0";
          row.textContent = "▲ " + text;
          tip.append(row);
        }
      }
      tip.hidden = false;
      const box = chart.getBoundingClientRect(), px = box.left + x / width * box.width;
      const wide = tip.offsetWidth, tall = tip.offsetHeight;
      tip.style.left = Math.max(6, Math.min(px + 14 + wide > innerWidth ? px - wide - 14 : px + 14, innerWidth - wide - 6)) + "px";
      tip.style.top = Math.max(6, Math.min(box.top + 20, innerHeight - tall - 6)) + "px";
    }
    function hide() {
      cross.style.display = "none";
      tip.hidden = true;
    }
    chart.addEventListener("pointermove", event => {
      const box = chart.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * width;
      if (x < left - 8 || x > right + 8) return hide();
      show(nearest(data.days, first + (x - left) / (right - left) * (last - first)));
    });
    chart.addEventListener("pointerleave", hide);
    chart.addEventListener("blur", hide);
    chart.addEventListener("keydown", event => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -1e9, End: 1e9 }[event.key];
      if (step === undefined && event.key !== "Escape") return;
      event.preventDefault();
      if (step === undefined) hide(); else show(at + step);
    });
  }
})();
