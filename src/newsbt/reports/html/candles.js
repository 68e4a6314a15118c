"use strict";
// Bars of a ticker with what happened to it: news, purchases, sales and refused orders.
charts.candles = (() => {
  const NONE = { style: "none" };

  // `given` has bars [label, open, high, low, close], `news` [place, text], fills [place, side, price] and refusals
  // [place, side]; places count bars, and those of news lie between them.
  return function (host, given, description) {
    const { bars } = given, column = k => bars.map(bar => bar[k]);
    const dealt = bars.map(() => null);
    for (const [at, , price] of given.fills) if (dealt[at] === null) dealt[at] = price;
    const spec = {
      x: { unit: "names", title: "", names: column(0) }, y: { unit: "number", title: given.unit || "", zero: false },
      tables: [{ at: bars.map((_, k) => k), series: [{ ...NONE, values: column(2) }, { ...NONE, values: column(3) }, { ...NONE, values: dealt }] }],
      zoom: bars.length > 20, bare: !given.tools,
      tell: at => {
        const [, open, high, low, close] = bars[at], rows = [["", "open", open], ["", "high", high], ["", "low", low], ["", "close", close]]
          .filter(([, , value]) => value !== null).map(([css, name, value]) => [css, name, charts.plain(value)]);
        for (const [on, side, price] of given.fills) if (on === at) rows.push([side > 0 ? "up" : "down", side > 0 ? "▲ bought" : "▼ sold", charts.plain(price)]);
        for (const [on, side] of given.refusals) if (on === at) rows.push(["", "✕ refused or cut", side > 0 ? "buy" : "sell"]);
        for (const [on, text] of given.news) if (Math.floor(on) === at && text) rows.push(["", "news", text.slice(0, 90)]);
        return rows;
      },
      over: u => over(u, given, host),
    };
    return charts.draw(host, spec, description);
  };

  function over(u, given, host) {
    const c = u.ctx, px = devicePixelRatio, { left, top, width, height } = u.bbox, of = css => charts.colour(css, host);
    const x = at => u.valToPos(at, "x", true), y = value => u.valToPos(value, "y", true);
    const step = x(1) - x(0), body = Math.max(Math.min(step * 0.6, 13 * px), px);
    const ink = { up: of("up"), down: of("down"), soft: of("soft"), fg: of("fg"), bg: of("bg"), news: of("c0"), refused: of("note-line") };
    c.save();
    c.beginPath();
    c.rect(left, top - 10 * px, width, height + 10 * px);
    c.clip();
    const words = given.news.length === 1;
    for (const [at] of given.news) {
      const inside = at - Math.floor(at), on = x(Math.floor(at)) + (inside ? (inside - 0.5) * step * 0.7 : -step / 2);
      charts.line(c, on, top, on, top + height, ink.news, 1.4 * px, [4 * px, 3 * px]);
      if (!words) continue;
      c.fillStyle = ink.fg;
      c.font = `600 ${11 * px}px system-ui, sans-serif`;
      c.textAlign = on > left + width - 40 * px ? "right" : "left";
      c.fillText("news", on + (c.textAlign === "left" ? 4 : -4) * px, top + 8 * px);
    }
    given.bars.forEach(([, open, high, low, close], k) => {
      if (open === null || close === null || k < u.scales.x.min - 1 || k > u.scales.x.max + 1) return;
      const at = x(k), isUp = close >= open, from = y(Math.max(open, close)), tall = Math.max(Math.abs(y(open) - y(close)), px);
      if (high !== null && low !== null) charts.line(c, at, y(high), at, y(low), ink.soft, px, []);
      if (body < 3 * px) return;
      c.fillStyle = isUp ? ink.bg : ink.down;
      c.strokeStyle = isUp ? ink.up : ink.down;
      c.lineWidth = px;
      c.fillRect(at - body / 2, from, body, tall);
      c.strokeRect(at - body / 2, from, body, tall);
      if (body > 6 * px) charts.line(c, at - body / 2 - 3 * px, y(open), at - body / 2, y(open), ink.fg, 2 * px, []);
    });
    for (const [at, side] of given.refusals) {
      const bar = given.bars[at], edge = bar && bar[side > 0 ? 3 : 2];
      const on = x(at), high = edge === null || edge === undefined ? top + height - 10 * px : y(edge) + (side > 0 ? 12 : -12) * px, r = 5 * px;
      charts.line(c, on - r, high - r, on + r, high + r, ink.refused, 2.4 * px, []);
      charts.line(c, on - r, high + r, on + r, high - r, ink.refused, 2.4 * px, []);
    }
    for (const [at, side, price] of given.fills) {
      if (price === null) continue;
      const on = x(at), point = y(price), tall = 12 * px * side;
      c.beginPath();
      c.moveTo(on, point);
      c.lineTo(on + 7 * px, point + tall);
      c.lineTo(on - 7 * px, point + tall);
      c.closePath();
      c.fillStyle = side > 0 ? ink.up : ink.down;
      c.strokeStyle = ink.bg;
      c.lineWidth = px;
      c.fill();
      c.stroke();
    }
    c.restore();
  }
})();
