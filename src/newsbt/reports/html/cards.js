"use strict";
// The event cards: drawn when they come near the window, found by text, ticker and type. Text is only ever set as text.
(() => {
  const list = document.getElementById("card-list");
  if (!list) return;
  const data = JSON.parse(document.getElementById("card-data").textContent);
  const LONG = 280, PRINTED = 40;
  // Places in the arrays of a row, a fill and a refusal.
  const [STRATEGY, TICKER, SIGNAL, FIRST, PNL, COSTS, RETURN, FILLS, REFUSALS, WHY] = Array(10).keys();

  function make(name, text, css) {
    const found = document.createElement(name);
    if (text !== undefined) found.textContent = text;
    if (css) found.className = css;
    return found;
  }
  const sign = value => value > 0 ? "up" : value < 0 ? "down" : "";
  const percent = value => value === null || value === undefined ? "–"
    : (value > 0 ? "+" : "") + (value * 100).toFixed(Math.abs(value) < 0.1 ? 2 : 1) + "%";
  const money = value => value === null || value === undefined ? "–"
    : (value > 0 ? "+" : "") + Math.round(value).toLocaleString("en-US");
  const price = value => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
  // A row's day, or its opening on the clock of a ticker's market.
  const clocks = {};
  function label(place, market) {
    const text = String(data.dates[place] || "");
    if (!data.intraday) return text;
    const timeZone = data.zones[market] || "UTC";
    clocks[timeZone] = clocks[timeZone] || new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
    return clocks[timeZone].format(new Date(text));
  }

  // Long text is cut, with a button that shows all of it.
  function longText(text, cut) {
    const found = make("bdi", text);
    found.dir = "auto";
    if (text.length <= LONG && !cut) return [found];
    found.textContent = text.slice(0, LONG).trimEnd() + "…";
    const button = make("button", `show all ${text.length.toLocaleString("en-US")} characters`);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      found.textContent = open ? text + (cut ? ` … (${cut.toLocaleString("en-US")} more)` : "") : text.slice(0, LONG).trimEnd() + "…";
      button.textContent = open ? "show less" : `show all ${text.length.toLocaleString("en-US")} characters`;
    });
    return [found, " ", button];
  }

  function head(card, number) {
    const article = make("article", undefined, "far");
    article.id = "card-" + number;
    article.tabIndex = -1;
    const title = make("h3"), pnl = make("span", undefined, "pnl");
    const words = make("span");
    words.append(...longText(card.head, card.cut));
    const total = card.pnl.reduce((sum, value) => Math.abs(value || 0) > Math.abs(sum) ? value : sum, 0);
    const by = card.pnl.findIndex(value => value === total), whose = by >= 0 ? data.strategies[by].name : "";
    pnl.textContent = card.traded ? `${money(total)} ${data.currency}, ${whose}`
      : card.rows.every(row => row[WHY] && row[WHY][0] === "extended") ? "prolonged a position" : "not traded";
    pnl.classList.add(sign(total) || "none");
    pnl.title = "the largest profit or loss that a strategy made of it, after costs";
    title.append(words, pnl);
    article.append(title);
    return article;
  }

  function line(parent, pairs) {
    const found = make("p");
    let any = false;
    for (const [name, text] of pairs) {
      if (!text) continue;
      if (any) found.append(" · ");
      if (name) found.append(name + " ");
      const value = make("bdi", text);
      value.dir = "auto";
      found.append(value);
      any = true;
    }
    if (any) parent.append(found);
    return found;
  }

  function source(parent, card) {
    const found = line(parent, [["", card.published && "published " + card.published], ["", card.known.length && "known " + card.known.join(", ")]]);
    if (card.source) {
      found.append(" · ");
      let where = make("bdi", card.source);
      if (/^https?:\/\/[^\s]+$/i.test(card.url)) {
        const link = make("a");
        link.href = card.url;
        link.rel = "noopener noreferrer";
        link.referrerPolicy = "no-referrer";
        link.append(where);
        where = link;
      }
      found.append(where);
    }
  }

  function fill(article, card) {
    article.classList.remove("far");
    source(article, card);
    line(article, [["", card.type.replaceAll("_", " ")], ["by", card.issuer], ["", card.subject],
      ["rivals named:", card.rivals.join(", ")], ["sentiment", card.sentiment === null || card.sentiment === undefined ? "" : String(card.sentiment)]]);
    const body = make("div", undefined, "body"), figure = make("figure"), rows = make("div", undefined, "scroll");
    rows.tabIndex = 0;
    rows.setAttribute("role", "region");
    rows.setAttribute("aria-label", "What each ticker did");
    figure.style.margin = "0";
    const buttons = [];
    const choose = place => {
      buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(k === place)));
      if (figure.host && figure.host.uplot) charts.forget(figure.host.uplot);
      show(figure, card, card.rows[place]);
    };
    rows.append(table(card, buttons, choose));
    body.append(figure, rows);
    article.append(body);
    const notes = [];
    if (card.left) notes.push(`${card.left.toLocaleString("en-US")} more rows are in events.parquet.`);
    if (card.idle.length) notes.push("Linked and not signalled: " + card.idle.join(", ") + (card.idle_left ? ` and ${card.idle_left} more` : "") + ".");
    for (const text of notes) article.append(make("p", text));
    if (card.rows.length) choose(0);
  }

  function table(card, buttons, choose) {
    const found = make("table"), top = found.createTHead().insertRow(), body = found.createTBody();
    found.createCaption().textContent = `By ticker, largest first; P&L in ${data.currency}`;
    const many = data.strategies.length > 1, relation = new Map(card.links.map(link => [link[0], link]));
    const hasAbnormal = Object.values(card.reactions).some(numbers => numbers[2] !== null && numbers[2] !== undefined);
    const heads = [["Ticker", ""], ["P&L", ""], ["Return", "of the trade, after costs"],
      ["AR", "day 0's return less the benchmark's"], ["CAR", "the same, summed over day 0 to 5"], ["Signal", ""],
      ["Link", "how the announcement touches it, with the sign of the link"]];
    for (const [title, tip] of heads) {
      if (!hasAbnormal && (title === "AR" || title === "CAR")) continue;
      const cell = make("th", title, title === "Ticker" || title === "Link" ? "" : "n");
      cell.scope = "col";
      if (tip) cell.title = tip;
      top.append(cell);
    }
    card.rows.forEach((row, place) => {
      const out = body.insertRow(), cell = make("th"), button = make("button");
      cell.scope = "row";
      button.type = "button";
      button.textContent = row[TICKER];
      button.title = ((data.tickers[row[TICKER]] || {}).name || "") + ": show its prices";
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => choose(place));
      buttons.push(button);
      cell.append(button);
      if (many) {
        const dot = make("i", undefined, data.strategies[row[STRATEGY]].css);
        dot.style.cssText = "display:inline-block;width:9px;height:9px;border-radius:5px;margin-left:6px;background:var(--s)";
        dot.setAttribute("role", "img");
        dot.setAttribute("aria-label", data.strategies[row[STRATEGY]].name);
        dot.title = data.strategies[row[STRATEGY]].name;
        cell.append(dot);
      }
      out.append(cell);
      const number = (text, value) => out.append(make("td", text, "n " + sign(value)));
      const reaction = card.reactions[row[TICKER]] || [], link = relation.get(row[TICKER]);
      number(row[FILLS].length || row[PNL] ? money(row[PNL]) : row[WHY] ? row[WHY][0] : row[REFUSALS].length ? "refused" : "–", row[PNL]);
      number(percent(row[RETURN]), row[RETURN]);
      if (hasAbnormal) {
        number(percent(reaction[2]), 0);
        number(percent(reaction[3]), 0);
      }
      number(row[SIGNAL] === null ? "–" : (row[SIGNAL] > 0 ? "+" : "") + row[SIGNAL], 0);
      const weight = link && link[3] !== null ? (link[3] < 0 ? " −" : " +") + Math.abs(link[3]) : "";
      out.insertCell().textContent = link ? link[1].replaceAll("_", " ") + (link[2] > 1 ? ` (${link[2]} hops)` : "") + weight : "theme";
    });
    return found;
  }

  // Bars around the event on the ticker's own sessions.
  function show(figure, card, row) {
    const ticker = data.tickers[row[TICKER]], caption = make("figcaption");
    const name = make("bdi", `${row[TICKER]}${ticker ? " " + ticker.name : ""}`);
    caption.append(name, ticker ? `, ${ticker.currency}` : "", data.strategies.length > 1 ? " · " : "", data.strategies.length > 1 ? make("bdi", data.strategies[row[STRATEGY]].name) : "");
    const bars = ticker ? around(ticker, card, row) : [];
    figure.host = bars.length ? make("div", undefined, "plot") : make("p", "This run folder holds no prices around this event.");
    figure.replaceChildren(caption, figure.host, story(card, row));
    if (bars.length) candles(figure.host, card, row, ticker, bars);
  }

  function around(ticker, card, row) {
    const at = card.at[ticker.market];
    const wanted = row[FILLS].map(f => f[0]).concat(row[REFUSALS].map(f => f[0])).filter(place => place !== null);
    const start = Math.min(at === undefined ? Infinity : at, ...wanted), found = [];
    for (const [rows, flat] of ticker.bars) {
      if (!rows.length || rows[rows.length - 1] < start - 1 || rows[0] > start + 1 && found.length) continue;
      rows.forEach((place, k) => found.push([place, ...flat.slice(4 * k, 4 * k + 4)]));
    }
    const low = found.findIndex(bar => bar[0] >= start);
    const end = Math.max(...wanted, start);
    let high = found.findIndex(bar => bar[0] > end);
    if (high < 0) high = found.length;
    const from = Math.max((low < 0 ? found.length : low) - 6, 0);
    return found.slice(from, Math.min(high + 5, from + 70));
  }

  function candles(host, card, row, ticker, bars) {
    const index = new Map(bars.map((bar, k) => [bar[0], k])), known = place => index.has(place);
    const at = card.at[ticker.market], k = at === undefined ? -1 : bars.findIndex(bar => bar[0] >= Math.floor(at));
    const inside = k >= 0 && bars[k][0] === Math.floor(at) ? at - Math.floor(at) : 0;
    host.dataset.height = 250;
    charts.candles(host, {
      bars: bars.map(([place, ...prices]) => [data.intraday ? label(place, ticker.market).slice(5, 16) : label(place), ...prices]),
      news: k < 0 ? [] : [[k + inside, ""]],
      fills: row[FILLS].filter(fill => known(fill[0]) && fill[2] !== null).map(fill => [index.get(fill[0]), fill[1], fill[2]]),
      refusals: row[REFUSALS].flatMap(item => [item[0], ...item[3]].filter(known).map(place => [index.get(place), item[1]])),
    }, describe(row, ticker, bars));
  }

  function describe(row, ticker, bars) {
    const when = place => label(place, ticker.market);
    const fills = row[FILLS].map(f => `${f[1] > 0 ? "bought" : "sold"} at ${f[2]} on ${when(f[0])}`).join(", ");
    return `Prices of ${row[TICKER]} from ${when(bars[0][0])} to ${when(bars[bars.length - 1][0])}` + (fills ? ": " + fills : ": not traded");
  }

  // The same in words: fills, what was left to trade, refusals.
  function story(card, row) {
    const found = make("ul"), add = text => found.append(make("li", text));
    const quantity = value => value.toLocaleString("en-US");
    for (const [place, side, at, number, reason, when] of row[FILLS])
      add(`${side > 0 ? "▲ bought" : "▼ sold"} ${quantity(number)} at ${at === null ? "?" : price(at)}, ${when} (${reason})`);
    for (const [, , sentence, , attempts] of row[REFUSALS])
      add("✕ " + sentence + (attempts > 1 ? `; and ${quantity(attempts - 1)} further attempt${attempts > 2 ? "s" : ""} likewise` : ""));
    if (row[WHY] && !row[REFUSALS].length) add(`no order: ${row[WHY][1]}`);
    const [move, part, ar, car] = card.reactions[row[TICKER]] || [];
    if (move !== undefined && move !== null)
      add(`reported move to the first close ${percent(move)}, of which tradable from the open ${percent(part)}` +
        (ar === null || ar === undefined ? "" : `; abnormal return of the day ${percent(ar)}, to day 5 ${percent(car)}, over ${data.benchmark}`));
    if (row[FIRST]) add(`first tradable ${row[FIRST]}` + (row[COSTS] ? `; costs ${Math.round(row[COSTS]).toLocaleString("en-US")} ${data.currency}` : ""));
    return found;
  }

  // All cards as headings at once; their insides when they come near.
  const drawn = new Set();
  const articles = data.cards.map((card, number) => head(card, number));
  const fillOnce = number => {
    if (drawn.has(number)) return;
    drawn.add(number);
    fill(articles[number], data.cards[number]);
  };
  const watcher = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      fillOnce(Number(entry.target.id.slice(5)));
      watcher.unobserve(entry.target);
    }
  }, { rootMargin: "700px 0px" });
  list.append(...articles);
  articles.forEach(article => watcher.observe(article));

  // Filters.
  const tools = document.getElementById("card-tools"), count = document.getElementById("card-count");
  function control(name, text, element) {
    const found = make("label", text);
    element.id = "card-" + name;
    found.append(element);
    tools.append(found);
    return element;
  }
  function options(values, all) {
    const found = make("select");
    for (const value of [all, ...values]) {
      const option = make("option", value.replaceAll ? value.replaceAll("_", " ").slice(0, 60) : value);
      option.value = value === all ? "" : value;
      found.append(option);
    }
    return found;
  }
  const search = make("input");
  search.type = "search";
  search.placeholder = "headline, issuer, ticker";
  control("text", "Find", search);
  const ticker = control("ticker", "Ticker", options([...new Set(data.cards.flatMap(card => card.rows.map(row => row[TICKER])))].sort(), "all tickers"));
  const type = control("type", "Type", options([...new Set(data.cards.map(card => card.type).filter(Boolean))].sort(), "all types"));
  const who = control("strategy", "Strategy", options(data.strategies.map(item => item.name), "all strategies"));
  const order = control("order", "Order", options(["newest first", "largest profit first", "largest loss first"], "oldest first"));
  tools.hidden = false;
  const texts = data.cards.map(card => [card.head, card.id, card.issuer, card.subject, card.source, card.rivals.join(" "),
    ...card.rows.map(row => row[TICKER] + " " + ((data.tickers[row[TICKER]] || {}).name || ""))].join(" ").toLowerCase());

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const place = data.strategies.findIndex(item => item.name === who.value);
    let shown = 0;
    data.cards.forEach((card, number) => {
      const fits = words.every(word => texts[number].includes(word)) &&
        (!ticker.value || card.rows.some(row => row[TICKER] === ticker.value)) &&
        (!type.value || card.type === type.value) &&
        (place < 0 || card.rows.some(row => row[STRATEGY] === place));
      articles[number].hidden = !fits;
      shown += fits;
    });
    const rest = data.left_out ? `; ${data.left_out.toLocaleString("en-US")} more, of smaller profits and losses, are left out of the page and stand in events.parquet` : "";
    count.textContent = (shown === data.cards.length ? `${shown.toLocaleString("en-US")} event cards` : `${shown.toLocaleString("en-US")} of ${data.cards.length.toLocaleString("en-US")} event cards`) + rest;
  }
  function sort() {
    const total = card => card.pnl.reduce((sum, value) => Math.abs(value || 0) > Math.abs(sum) ? value : sum, 0);
    const numbers = data.cards.map((_, k) => k);
    if (order.value === "newest first") numbers.reverse();
    if (order.value === "largest profit first") numbers.sort((a, b) => total(data.cards[b]) - total(data.cards[a]));
    if (order.value === "largest loss first") numbers.sort((a, b) => total(data.cards[a]) - total(data.cards[b]));
    list.append(...numbers.map(k => articles[k]));
  }
  for (const element of [ticker, type, who]) element.addEventListener("change", apply);
  search.addEventListener("input", apply);
  order.addEventListener("change", sort);
  apply();

  // A link to a card shows it, whatever the filter says.
  function jump() {
    const number = /^#card-(\d+)$/.test(location.hash) ? Number(location.hash.slice(6)) : -1;
    if (!articles[number]) return;
    articles[number].hidden = false;
    fillOnce(number);
    articles[number].scrollIntoView();
    articles[number].focus({ preventScroll: true });
  }
  addEventListener("hashchange", jump);
  jump();

  // On paper: the first cards that the filter shows, and how many there are.
  addEventListener("beforeprint", () => {
    const shown = articles.filter(article => !article.hidden);
    shown.slice(0, PRINTED).forEach(article => fillOnce(Number(article.id.slice(5))));
    shown.slice(PRINTED).forEach(article => { article.hidden = true; article.dataset.unprinted = ""; });
    if (shown.length > PRINTED) count.textContent += `; the first ${PRINTED} are printed, filter to print others`;
  });
  addEventListener("afterprint", () => {
    for (const article of articles) if ("unprinted" in article.dataset) { article.hidden = false; delete article.dataset.unprinted; }
    apply();
  });
})();
