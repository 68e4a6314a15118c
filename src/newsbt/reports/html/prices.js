"use strict";
// The prices of one ticker with its events and fills, of the tickers that the event cards tell of.
(() => {
  const tools = document.getElementById("price-tools"), out = document.getElementById("price-chart"), cards = document.getElementById("card-data");
  if (!tools || !cards) return;
  const data = JSON.parse(cards.textContent);
  const names = Object.keys(data.tickers).sort((a, b) => (data.dealt[b] || []).length - (data.dealt[a] || []).length || a.localeCompare(b));
  if (!names.length) { out.textContent = "This run folder holds no prices around its events."; return; }
  function select(text, values, all) {
    const label = document.createElement("label"), found = document.createElement("select");
    label.textContent = text;
    for (const [value, words] of [...(all ? [["", all]] : []), ...values]) {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = words;
      found.append(option);
    }
    label.append(found);
    tools.append(label);
    found.addEventListener("change", draw);
    return found;
  }
  const count = name => { const number = (data.dealt[name] || []).length; return number === 1 ? "1 fill" : `${number.toLocaleString("en-US")} fills`; };
  const ticker = select("Ticker, most fills first", names.map(name => [name, `${name} ${data.tickers[name].name} (${count(name)})`]));
  const who = select("Strategy", data.strategies.map((one, k) => [String(k), one.name]), data.strategies.length > 1 ? "all strategies" : undefined);
  tools.hidden = false;
  const dayOf = place => String(data.dates[place] || "").slice(0, 16).replace("T", " ");

  function draw() {
    const about = data.tickers[ticker.value], bars = about.bars.flatMap(([rows, flat]) => rows.map((place, k) => [place, ...flat.slice(4 * k, 4 * k + 4)]));
    const index = new Map(bars.map((bar, k) => [bar[0], k]));
    const every = (data.dealt[ticker.value] || []).filter(fill => who.value === "" || String(fill[3]) === who.value), dealt = every.filter(fill => index.has(fill[0]));
    const news = [];
    for (const card of data.cards) {
      const at = card.at[about.market];
      if (at === undefined || !card.rows.some(row => row[1] === ticker.value && (who.value === "" || String(row[0]) === who.value))) continue;
      const k = bars.findIndex(bar => bar[0] >= Math.floor(at));
      if (k >= 0) news.push([k + (bars[k][0] === Math.floor(at) ? at - Math.floor(at) : 0), card.head]);
    }
    const figure = document.createElement("figure"), caption = document.createElement("figcaption"), host = document.createElement("div"), under = document.createElement("p");
    const whole = number => number.toLocaleString("en-US"), counted = (number, one) => `${whole(number)} ${one}${number === 1 ? "" : "s"}`;
    const fills = (dealt.length === every.length ? "" : `${whole(dealt.length)} of `) + counted(every.length, "fill");
    figure.className = "chart";
    host.className = "plot";
    host.dataset.height = 340;
    caption.textContent = `${ticker.value} ${about.name}, ${about.currency}: bars around its events, ${fills}, ${counted(news.length, "event")}`;
    under.className = "under";
    under.textContent = "Bars that no event or fill is near to are left out, so that dates jump, and fills on them with them. Dashed lines are when news became known, ▲ purchases, ▼ sales.";
    figure.append(caption, host, under);
    const before = out.querySelector(".plot");
    if (before && before.uplot) charts.forget(before.uplot);
    out.replaceChildren(figure);
    charts.candles(host, { bars: bars.map(([place, ...prices]) => [dayOf(place), ...prices]), news, fills: dealt.map(([place, side, price]) => [index.get(place), side, price]), refusals: [], tools: true, unit: about.currency }, caption.textContent);
  }
  // Drawn once it is opened.
  new IntersectionObserver((entries, watcher) => { if (entries.some(entry => entry.isIntersecting)) { watcher.disconnect(); draw(); } }).observe(tools);
})();
