"use strict";
// Draws the charts of a page with uPlot when they come near the window: lines, dots, bars and candles, with zoom, pan,
// values beside the pointer, and lines switched on and off. Text is only ever set as text.
globalThis.charts = (() => {
  const drawn = new Set(), groups = new Map(), hidden = new Map();
  const tip = document.getElementById("tip");
  const DASHES = [undefined, [8, 3], [2, 3], [9, 3, 2, 3]];
  const DAY = 86400, MARKS = 14;
  const NAMES = { bench: "fg" };

  const colour = (css, element) => getComputedStyle(element || document.documentElement).getPropertyValue("--" + (NAMES[css] || css)).trim();
  const faint = (css, element, part) => `color-mix(in srgb, ${colour(css, element)} ${part}%, transparent)`;

  // Labels that say exactly where their ticks stand, all with the same digits.
  function exactly(values) {
    const sorted = [...values].sort((a, b) => a - b);
    let step = Infinity;
    for (let k = 1; k < sorted.length; k++) if (sorted[k] !== sorted[k - 1]) step = Math.min(step, sorted[k] - sorted[k - 1]);
    const near = Math.min(step * 1e-3, Math.max(0, ...values.map(Math.abs)) * 1e-9);
    let digits = 0;
    while (digits < 12 && values.some(value => Math.abs(Number(value.toFixed(digits)) - value) > near)) digits++;
    return values.map(value => {
      const text = value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
      return /[1-9]/.test(text) ? text : "0";
    });
  }
  function numberLabels(ticks) {
    const most = Math.max(0, ...ticks.map(Math.abs));
    const [size, letter] = [[1e9, "bn"], [1e6, "M"], [1e3, "k"]].find(([least]) => most >= least) || [1, ""];
    return exactly(ticks.map(tick => tick / size)).map(text => text === "0" ? text : text + letter);
  }
  function labels(ticks, unit) {
    const known = ticks.filter(tick => tick !== null), texts = unit === "percent" ? exactly(known.map(tick => tick * 100)).map(text => text + "%") : numberLabels(known);
    let at = 0;
    return ticks.map(tick => tick === null ? null : texts[at++]);
  }
  const percent = value => (value > 0 ? "+" : "") + (value * 100).toFixed(Math.abs(value) < 0.1 ? 2 : 1) + "%";
  const plain = value => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
  const shown = (value, unit) => unit === "percent" ? percent(value) : plain(value);
  const dayText = seconds => new Date(seconds * 1000).toISOString().slice(0, 10);

  function xText(spec, value) {
    if (spec.x.unit === "day") return dayText(value);
    if (spec.x.unit === "names") return spec.x.names[Math.round(value)] || "";
    return (spec.x.title ? spec.x.title + " " : "") + shown(value, spec.x.unit).replace("+", "");
  }

  // What uPlot is handed: one axis of x, a column for each line, two more for each band.
  function columns(spec) {
    const scale = spec.x.unit === "day" ? DAY : 1, series = [], bands = [], tables = [];
    for (const table of spec.tables) {
      const own = [table.at.map(value => value * scale)];
      for (const line of table.series) {
        own.push(line.values);
        series.push(line);
        if (!line.low) continue;
        own.push(line.high, line.low);
        series.push({ bound: line.css, of: line.name }, { bound: line.css, of: line.name });
        bands.push([series.length - 1, series.length, line.css]);
      }
      tables.push(own);
    }
    return { data: tables.length === 1 ? tables[0] : uPlot.join(tables), series, bands };
  }

  // `beside` are the series that have bars: they share the step between two bars of one.
  function seriesOf(line, element, beside) {
    if (line.bound || line.style === "none") return { label: "", stroke: "transparent", width: 0, points: { show: false } };
    const stroke = () => colour(line.css, element);
    const found = { label: line.name, stroke, width: line.thin ? 1.3 : 1.8, dash: DASHES[line.dash || 0], points: { show: false } };
    if (line.style === "bars") Object.assign(found, { width: 0, fill: stroke, paths: uPlot.paths.bars({ size: [beside > 1 ? 0.8 / (beside + 1) : 0.85, 60], gap: 1 }) });
    if (line.style === "dots") Object.assign(found, { width: 0, paths: () => null, points: { show: true, size: 6, width: 0, fill: () => faint(line.css, element, 75) } });
    if (line.style === "dotted line") found.points = { show: true, size: 6, fill: stroke };
    if (line.style === "area") found.fill = () => faint(line.css, element, 18);
    return found;
  }

  function sizeOf(u, values, axis, cycle) {
    const found = u.axes[axis];
    if (cycle > 1) return found._size;
    const longest = (values || []).reduce((most, text) => text && text.length > most.length ? text : most, "");
    u.ctx.font = found.font[0];
    return Math.ceil(found.ticks.size + found.gap + u.ctx.measureText(longest).width / devicePixelRatio + 4);
  }

  function xAxis(spec, style, data) {
    const axis = { ...style, grid: { show: false }, size: 30 };
    if (spec.x.title) Object.assign(axis, { label: spec.x.title, labelSize: 22, labelGap: 0, labelFont: style.font });
    if (spec.x.unit === "day") {
      axis.values = (u, splits, _, space, step) => splits.map(at => step >= 364 * DAY ? dayText(at).slice(0, 4) : step >= 27 * DAY ? dayText(at).slice(0, 7) : dayText(at));
      axis.space = 84;
      axis.incrs = [1, 2, 3, 4, 5, 7, 10, 15, 30, 60, 90, 120, 180, 365, 730, 1825, 3650, 7300].map(days => days * DAY);
    } else if (spec.x.unit === "names") {
      const longest = Math.max(1, ...spec.x.names.map(name => name.length));
      axis.splits = (u, _, low, high) => {
        const from = Math.max(0, Math.ceil(low)), to = Math.min(spec.x.names.length - 1, Math.floor(high));
        const every = Math.max(1, Math.ceil((to - from + 1) / Math.max(1, u.bbox.width / devicePixelRatio / (longest * 7 + 14))));
        return Array.from({ length: Math.max(0, Math.floor((to - from) / every) + 1) }, (_, k) => from + k * every);
      };
      axis.values = (u, splits) => splits.map(at => spec.x.names[at]);
    } else if (spec.x.unit === "log") {
      axis.splits = () => data[0];
      axis.values = (u, splits) => {
        const texts = splits.map(at => numberLabels([at])[0]), every = Math.max(1, Math.ceil(splits.length / Math.max(1, u.bbox.width / devicePixelRatio / 76)));
        return texts.map((text, k) => k % every ? null : text);
      };
      axis.filter = (u, splits) => splits;
    } else {
      axis.values = (u, splits) => labels(splits, spec.x.unit);
      axis.space = 64;
      if (spec.x.unit === "count") axis.incrs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    }
    return axis;
  }

  function xScale(spec, data) {
    const at = data[0];
    if (spec.x.unit === "log") return { time: false, distr: 3 };
    const scale = { time: spec.x.unit === "day" };
    const has = style => spec.tables.some(table => table.series.some(line => line.style === style));
    let least = Infinity;
    for (let k = 1; k < at.length; k++) if (at[k] > at[k - 1]) least = Math.min(least, at[k] - at[k - 1]);
    const pad = spec.x.unit === "names" ? 0.6 : has("bars") ? (isFinite(least) ? least / 2 : 0.5) : has("dots") ? (at[at.length - 1] - at[0]) * 0.02 || 1 : 0;
    scale.range = (u, low, high) => low === null ? [0, 1] : u.zoomed ? [low, high] : [low - pad, high + (pad || (low === high ? 1 : 0))];
    return scale;
  }

  // On a log scale a return r stands at log(1 + r): the same step up is the same gain wherever it is.
  const LOG = { distr: 100, fwd: value => Math.log1p(Math.max(value, -0.999)), bwd: Math.expm1 };

  function options(spec, host, data, made, width, isLog) {
    const beside = made.series.filter(line => line.style === "bars").length, isNamed = (spec.uprights || []).some(([, text]) => text);
    const style = { stroke: () => colour("soft", host), font: "12px system-ui, sans-serif", grid: { stroke: () => colour("line", host), width: 1 }, ticks: { stroke: () => colour("line", host), width: 1, size: 5 } };
    const soft = spec.y.zero === false ? undefined : 0;
    const y = { range: (u, low, high) => {
      if (spec.y.span && !u.zoomed) [low, high] = spec.y.span;
      if (low === null) return [0, 1];
      if (spec.y.unit === "count") return [0, Math.max(1, high * 1.05)];
      const edge = { pad: 0.08, soft, mode: soft === undefined ? 0 : 1 };
      return uPlot.rangeNum(low, high, { min: edge, max: edge });
    }, ...(isLog ? LOG : {}) };
    const yAxis = { ...style, size: sizeOf, values: (u, splits) => labels(splits, spec.y.unit), space: 34 };
    if (spec.y.unit === "count") yAxis.incrs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000];
    if (spec.y.title) Object.assign(yAxis, { label: spec.y.title, labelSize: 18, labelGap: 0, labelFont: style.font });
    return {
      width, height: Number(host.dataset.height) || 280,
      tzDate: at => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
      legend: { show: false },
      scales: { x: xScale(spec, data), y },
      axes: [xAxis(spec, style, data), yAxis],
      series: [{}, ...made.series.map(line => seriesOf(line, host, beside))],
      bands: made.bands.map(([high, low, css]) => ({ series: [high, low], fill: () => faint(css, host, 18) })),
      padding: [isNamed ? 22 : 10, 12, spec.marks && spec.marks.length ? MARKS : 0, 0],
      cursor: {
        y: false, points: { size: 7 },
        drag: { x: Boolean(spec.zoom), y: false, setScale: false },
        sync: spec.group ? { key: spec.group, setSeries: false } : undefined,
      },
      hooks: {
        draw: [u => overlay(u, spec, host)],
        setCursor: [u => { if (active === u) showTip(u); }],
        setSelect: [u => { if (u.select.width > 4) zoomTo(u, u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")); u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false); }],
      },
    };
  }

  // Upright lines with their words, the zero line, and the rug of marks below the axis' line.
  function overlay(u, spec, host) {
    const c = u.ctx, px = devicePixelRatio, { left, top, width, height } = u.bbox;
    c.save();
    c.beginPath();
    c.rect(left - 1, top - 22 * px, width + 2, height + 22 * px + MARKS * px);
    c.clip();
    if (u.scales.y.min < 0 && u.scales.y.max > 0) {
      const y = Math.round(u.valToPos(0, "y", true));
      line(c, left, y, left + width, y, colour("soft", host), px, []);
    }
    for (const [at, text, css] of spec.uprights || []) {
      const x = Math.round(u.valToPos(at * (spec.x.unit === "day" ? DAY : 1), "x", true));
      line(c, x, top, x, top + height, colour(css, host), 1.5 * px, [4 * px, 3 * px]);
      if (!text) continue;
      c.fillStyle = colour(css, host);
      c.font = `600 ${12 * px}px system-ui, sans-serif`;
      c.textAlign = "center";
      const half = c.measureText(text).width / 2;
      c.fillText(text, Math.max(left + half, Math.min(x, left + width - half)), top - 6 * px);
    }
    c.fillStyle = colour("soft", host);
    const marks = spec.marks || [], isMany = marks.length > 120;
    for (const [at] of marks) {
      const x = u.valToPos(at * (spec.x.unit === "day" ? DAY : 1), "x", true), foot = top + height + 1 * px;
      if (x < left || x > left + width) continue;
      c.beginPath();
      if (isMany) c.rect(x - 0.6 * px, foot, 1.2 * px, 8 * px);
      else { c.moveTo(x, foot); c.lineTo(x + 4 * px, foot + 8 * px); c.lineTo(x - 4 * px, foot + 8 * px); }
      c.fill();
    }
    c.restore();
    if (spec.over) spec.over(u);
  }
  function line(c, x0, y0, x1, y1, stroke, width, dash) {
    c.strokeStyle = stroke;
    c.lineWidth = width;
    c.setLineDash(dash);
    c.beginPath();
    c.moveTo(x0, y0);
    c.lineTo(x1, y1);
    c.stroke();
    c.setLineDash([]);
  }

  // Zoom and pan, of all charts of a group at once.
  const peers = u => u.spec.group ? groups.get(u.spec.group) : [u];
  function zoomTo(u, low, high) {
    const at = u.data[0], first = at[0], last = at[at.length - 1], least = (last - first) / 400 || 1;
    if (high - low < least) { const middle = (low + high) / 2; low = middle - least / 2; high = middle + least / 2; }
    if (low <= first && high >= last) return whole(u);
    if (low < first) { high += first - low; low = first; }
    if (high > last) { low -= high - last; high = last; }
    for (const other of peers(u)) { other.zoomed = true; other.setScale("x", { min: low, max: high }); }
  }
  function whole(u) {
    for (const other of peers(u)) { other.zoomed = false; other.setScale("x", { min: other.data[0][0], max: other.data[0][other.data[0].length - 1] }); }
  }
  function by(u, factor, shift) {
    const { min, max } = u.scales.x, middle = (min + max) / 2 + shift * (max - min), half = (max - min) / 2 * factor;
    zoomTo(u, middle - half, middle + half);
  }

  // Values beside the pointer, or where the arrow keys have walked to.
  let active = null;
  function showTip(u) {
    const at = u.cursor.idx;
    if (at === null || at === undefined) { tip.hidden = true; return; }
    const spec = u.spec, head = document.createElement("b"), x = u.data[0][at];
    head.textContent = xText(spec, x);
    tip.replaceChildren(head);
    u.lines.forEach((line, k) => {
      const value = u.data[k + 1][at];
      if (line.bound || line.style === "none" || value === null || value === undefined || !u.series[k + 1].show) return;
      tip.append(row(line.css, line.name, shown(value, spec.y.unit)));
    });
    if (spec.tell) for (const [css, name, text] of spec.tell(at)) tip.append(row(css, name, text));
    if (spec.marks) {
      const near = (u.scales.x.max - u.scales.x.min) / 180, scale = spec.x.unit === "day" ? DAY : 1;
      for (const [, text] of spec.marks.filter(([on]) => Math.abs(on * scale - x) <= near).slice(0, 3)) {
        const found = document.createElement("p");
        found.textContent = "▲ " + text;
        tip.append(found);
      }
    }
    tip.hidden = false;
    const box = u.over.getBoundingClientRect(), px = box.left + u.valToPos(x, "x"), wide = tip.offsetWidth;
    tip.style.left = Math.max(6, Math.min(px + 14 + wide > innerWidth ? px - wide - 14 : px + 14, innerWidth - wide - 6)) + "px";
    tip.style.top = Math.max(6, Math.min(box.top + 8, innerHeight - tip.offsetHeight - 6)) + "px";
  }
  function row(css, name, text) {
    const found = document.createElement("div"), dot = document.createElement("i"), label = document.createElement("bdi"), number = document.createElement("span");
    if (css) dot.className = css;
    label.textContent = name;
    number.textContent = text;
    found.append(dot, label, number);
    return found;
  }
  function leave(u) {
    if (active !== u) return;
    active = null;
    tip.hidden = true;
  }

  function listen(u, host) {
    u.over.addEventListener("pointerenter", () => { active = u; });
    u.over.addEventListener("pointerleave", () => leave(u));
    host.addEventListener("blur", () => { leave(u); u.setCursor({ left: -10, top: -10 }); });
    host.addEventListener("keydown", event => {
      if (event.target !== host) return;
      const zoom = { "+": 0.5, "=": 0.5, "-": 2 }[event.key], step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -1e9, End: 1e9 }[event.key];
      if (zoom && u.spec.zoom) by(u, zoom, 0);
      else if (step !== undefined && event.shiftKey && u.spec.zoom) by(u, 1, Math.sign(step) * 0.25);
      else if (step !== undefined) {
        const last = u.data[0].length - 1, from = active === u && u.cursor.idx !== null ? u.cursor.idx : last;
        active = u;
        const at = Math.min(Math.max(from + step, 0), last);
        u.setCursor({ left: u.valToPos(u.data[0][at], "x"), top: u.over.clientHeight / 2 });
      } else if (event.key === "Escape") leave(u);
      else return;
      event.preventDefault();
    });
    if (u.spec.zoom) {
      u.over.addEventListener("dblclick", () => whole(u));
      // Shift and drag moves what is shown along the axis.
      u.over.addEventListener("mousedown", event => {
        if (!event.shiftKey || event.button) return;
        event.stopImmediatePropagation();
        let last = event.clientX;
        const move = moved => { by(u, 1, (last - moved.clientX) / u.over.clientWidth); last = moved.clientX; };
        addEventListener("mousemove", move);
        addEventListener("mouseup", () => removeEventListener("mousemove", move), { once: true });
      }, true);
    }
  }

  function tools(u, host, redraw) {
    const bar = document.createElement("div");
    bar.className = "tools";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Zoom");
    const add = (text, name, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.title = name;
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => act(button));
      bar.append(button);
    };
    add("+", "Zoom in (or drag across the chart)", () => by(host.uplot, 0.5, 0));
    add("−", "Zoom out", () => by(host.uplot, 2, 0));
    add("‹", "Earlier (or shift and drag)", () => by(host.uplot, 1, -0.25));
    add("›", "Later (or shift and drag)", () => by(host.uplot, 1, 0.25));
    add("all", "Show all (or double-click)", () => whole(host.uplot));
    if (u.spec.log) {
      add("log", "Log scale", button => {
        const isLog = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(isLog));
        redraw(isLog);
      });
      bar.lastChild.setAttribute("aria-pressed", "false");
    }
    host.before(bar);
  }

  function make(host, spec, isLog) {
    const made = columns(spec), width = Math.max(host.clientWidth, 120);
    const u = new uPlot(options(spec, host, made.data, made, width, isLog), made.data, host);
    u.spec = spec;
    u.lines = made.series;
    u.zoomed = false;
    host.uplot = u;
    drawn.add(u);
    if (spec.group) {
      if (!groups.has(spec.group)) groups.set(spec.group, new Set());
      groups.get(spec.group).add(u);
    }
    const off = hidden.get(spec.group || host.id) || new Set();
    u.lines.forEach((line, k) => { if (off.has(line.name || line.of)) u.setSeries(k + 1, { show: false }); });
    listen(u, host);
    return u;
  }
  function forget(u) {
    drawn.delete(u);
    if (u.spec.group) groups.get(u.spec.group).delete(u);
    u.destroy();
  }

  // A chart in the place of what stood there in words.
  function draw(host, spec, description) {
    host.replaceChildren();
    host.tabIndex = 0;
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", description);
    const u = make(host, spec, false);
    if (spec.zoom && !spec.bare) tools(u, host, isLog => {
      const { min, max } = host.uplot.scales.x, zoomed = host.uplot.zoomed;
      forget(host.uplot);
      make(host, spec, isLog);
      if (zoomed) zoomTo(host.uplot, min, max);
    });
    let waiting = false;
    new ResizeObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        const found = host.uplot;
        if (host.clientWidth && Math.abs(host.clientWidth - found.width) > 1) found.setSize({ width: host.clientWidth, height: found.height });
      });
    }).observe(host);
    return u;
  }
  function drawOnce(host) {
    if (host.uplot || !host.clientWidth) return;
    const description = host.textContent.trim(), title = host.closest("figure").querySelector("figcaption").textContent;
    draw(host, JSON.parse(host.nextElementSibling.textContent), `${title}. ${description}`);
  }

  const watcher = new IntersectionObserver(entries => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) { drawOnce(target); if (target.uplot) watcher.unobserve(target); }
  }, { rootMargin: "500px 0px" });
  const waitingHosts = document.querySelectorAll(".plot[data-height]");
  // The first ones at once: what takes a picture of a page waits for nobody to look at them.
  waitingHosts.forEach((host, k) => { if (k < 4) drawOnce(host); if (!host.uplot) watcher.observe(host); });

  // A legend switches a line off in every chart of its group, and in its other legends.
  const buttons = [];
  for (const list of document.querySelectorAll("ul.legend[data-group]")) {
    const group = list.dataset.group;
    if (!hidden.has(group)) hidden.set(group, new Set());
    for (const item of list.children) {
      const button = document.createElement("button"), name = item.dataset.name;
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.title = "Show or hide";
      button.append(...item.childNodes);
      item.append(button);
      buttons.push([group, name, button]);
      button.addEventListener("click", () => {
        const isShown = button.getAttribute("aria-pressed") !== "true";
        for (const [of, who, one] of buttons) if (of === group && who === name) one.setAttribute("aria-pressed", String(isShown));
        hidden.get(group)[isShown ? "delete" : "add"](name);
        for (const u of drawn) {
          if (u.spec.group !== group && u.root.parentElement.id !== group) continue;
          u.lines.forEach((line, k) => { if ((line.name || line.of) === name) u.setSeries(k + 1, { show: isShown }); });
        }
      });
    }
  }

  // Colours are those of the ground: drawn anew where it changes, as on paper.
  const anew = () => drawn.forEach(u => u.redraw(false, true));
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", anew);
  addEventListener("beforeprint", () => { waitingHosts.forEach(drawOnce); anew(); });
  addEventListener("afterprint", anew);

  return { draw, forget, colour, line, plain, labels };
})();
