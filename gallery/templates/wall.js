// Filters, search and order over the whole collection, on the wall and on the matrix. What is
// asked for stands in the address after #, so that it can be kept, sent, and taken from the wall to
// the matrix. Texts come from strangers: they are only ever set as text, never as markup.
"use strict";
(function () {
  const data = window.atelier;
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  if (!data || !form || !shown) return;
  const count = document.getElementById("count");
  const clear = document.getElementById("clear");
  const matrix = shown.dataset.view === "matrix";
  const PER_PAGE = 120;
  const COLUMNS = 20;
  const VERSIONS = 4;
  const FIELDS = ["q", "style", "preset", "source", "status", "sort"];
  const STATUSES = { done: "painted", failed: "could not be painted" };
  const still = [...shown.childNodes];
  const number = new Intl.NumberFormat("en");

  const pictures = data.pictures.map((entry, place) => ({
    key: entry[0], photo: data.photos[entry[1]], photoAt: entry[1], style: data.styles[entry[2]], styleAt: entry[2],
    preset: data.presets[entry[3]], source: data.sources[entry[4]], status: data.statuses[entry[5]],
    thumb: entry[6], width: entry[7], height: entry[8], loss: entry[9], seconds: entry[10],
    date: entry[11], error: entry[12] || "", place,
  }));
  // The same letter has two spellings in Unicode, and not every keyboard has its accent.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
  for (const item of pictures) item.words = plain(`${item.photo[0]} ${item.style[0]}`);
  const painted = pictures.filter((item) => item.status === "done").length;
  let page = 1;

  function make(tag, given = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (name === "text") node.textContent = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function options(select, first, values, name = (value) => value) {
    const known = [...new Set(values)].filter((value) => value !== "").sort((a, b) => name(a).localeCompare(name(b)));
    select.replaceChildren(new Option(first, ""), ...known.map((value) => new Option(name(value), value)));
    select.closest(".field").hidden = known.length < 2;
  }

  function wanted() {
    const found = { page };
    for (const name of FIELDS) found[name] = form.elements[name].value.trim();
    return found;
  }

  function asked(state) { return FIELDS.some((name) => state[name] !== ""); }

  const nothing = (value) => value === null || value === undefined;
  const by = (get, sign) => (a, b) => {
    const [x, y] = [get(a), get(b)];
    if (nothing(x) || nothing(y)) return nothing(x) - nothing(y) || a.place - b.place;
    return sign * (x < y ? -1 : x > y ? 1 : 0) || a.place - b.place;
  };
  const ORDERS = {
    "": by((item) => item.date, -1), oldest: by((item) => item.date, 1),
    loss: by((item) => item.loss, 1), "-loss": by((item) => item.loss, -1),
    time: by((item) => item.seconds, 1), "-time": by((item) => item.seconds, -1),
  };

  function find(state, status = state.status || "done") {
    const words = plain(state.q).split(/\s+/).filter(Boolean);
    const found = pictures.filter((item) =>
      item.status === status
      && (!state.style || item.style[0] === state.style)
      && (!state.preset || item.preset === state.preset)
      && (!state.source || item.source === state.source)
      && words.every((word) => item.words.includes(word)));
    return found.sort(ORDERS[state.sort] || ORDERS[""]);
  }

  function duration(seconds) {
    if (nothing(seconds) || seconds < 0) return "";
    const whole = Math.round(seconds);
    if (seconds < 9.95) return `${seconds.toFixed(1)}\u00a0s`;
    if (whole < 60) return `${whole}\u00a0s`;
    const pad = (value) => String(value).padStart(2, "0");
    if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min ${pad(whole % 60)}\u00a0s`;
    return `${Math.floor(whole / 3600)}\u00a0h ${pad(Math.floor(whole % 3600 / 60))}\u00a0min`;
  }

  function image(thumb, alt, width, height) {
    if (!thumb) return make("span", { class: "bare", role: "img", "aria-label": `${alt} (the file is missing)`, text: "file missing" });
    const size = width > 1 && height > 1 ? { width, height } : {};
    return make("img", { src: thumb, alt, loading: "lazy", decoding: "async", ...size });
  }

  const alt = (item) => `${item.photo[1] || item.photo[0]}, painted in the style ${item.style[0]}`;
  const thumb = (item) => (item.thumb ? `thumbs/${item.thumb}.jpg` : "");
  // What reads from right to left is set apart, so that it moves nothing beside it.
  const note = (item, ...parts) => make("span", { class: "note" }, make("bdi", { text: item.style[0] }), ...parts.filter(Boolean).map((part) => ` · ${part}`));

  function card(item) {
    const ratio = Math.min(30, Math.max(4, Math.round(10 * (item.width || 1) / (item.height || 1))));
    const name = make("span", { class: "name", dir: "auto", text: item.photo[0] });
    if (item.status !== "done") {
      const error = make("span", { class: "error", dir: "auto", text: item.error });
      return make("li", { class: "r13 missed" }, make("div", {}, name, " ", note(item, item.preset), " ", error));
    }
    const words = note(item, item.preset === "default" ? "" : item.preset, duration(item.seconds));
    const link = make("a", { href: `pictures/${item.key}.html` }, image(thumb(item), alt(item), item.width, item.height), name, " ", words);
    return make("li", { class: `r${ratio}` }, link);
  }

  function hang(items) { return make("ul", { class: "wall" }, ...items.map(card)); }

  // The newest, and below it the other versions of the same picture.
  function cell(items) {
    const done = items.filter((item) => item.status === "done");
    if (!done.length) {
      const failed = items.length > 0;
      const text = failed ? make("a", { href: "failures.html", text: "could not be painted" }) : "–";
      return make("td", { class: "cell" }, make("span", { class: "empty" }, text));
    }
    const link = (item) => make("a", { class: "hung", href: `pictures/${item.key}.html` }, image(thumb(item), alt(item), item.width, item.height), make("span", { class: "in", text: item.style[0] }));
    return make("td", { class: "cell" }, link(done[0]), ...(done.length > 1 ? [versions(done.slice(1))] : []));
  }

  function versions(items) {
    const words = (item) => [item.preset, item.width && `${item.width}\u00a0×\u00a0${item.height}`, duration(item.seconds)].filter(Boolean).join(" · ");
    const link = (item) => make("a", { href: `pictures/${item.key}.html`, title: words(item) }, image(thumb(item), `${alt(item)} (${words(item)})`, 0, 0));
    const left = items.length - VERSIONS;
    const rest = left > 0 ? [make("li", { class: "note", text: `and ${left} more` })] : [];
    return make("ul", { class: "earlier", "aria-label": "Other versions of this picture" }, ...items.slice(0, VERSIONS).map((item) => make("li", {}, link(item))), ...rest);
  }

  function grid(photos, styles, cells) {
    const heads = styles.map((at) => {
      const [title, address, thumbs] = data.styles[at];
      const swatch = make("span", { class: "swatch" }, ...thumbs.map((src) => make("img", { src, alt: "" })));
      return make("th", { class: "style", scope: "col" }, make("a", { href: address }, swatch, make("span", { class: "name", dir: "auto", text: title })));
    });
    const rows = photos.map((at) => make("tr", {},
      make("th", { class: "photo", scope: "row" }, image(data.photos[at][2], "", 0, 0), make("span", { class: "name", dir: "auto", text: data.photos[at][0] })),
      ...styles.map((style) => cell(cells.get(`${at} ${style}`) || []))));
    const corner = make("td", { class: "corner" }, make("span", { text: "photo" }), " ", make("span", { text: "style" }));
    const table = make("table", { class: "grid" }, make("caption", { text: "The photos and styles that match." }),
      make("thead", {}, make("tr", {}, corner, ...heads)), make("tbody", {}, ...rows));
    return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The matrix; it scrolls sideways" }, table);
  }

  // Every photo and every style once, in the order of what was found; where such a pair failed, its
  // cell says so.
  function spread(found, failed) {
    const cells = new Map();
    for (const item of [...found, ...failed]) {
      const key = `${item.photoAt} ${item.styleAt}`;
      cells.set(key, [...(cells.get(key) || []), item]);
    }
    const photos = [...new Set(found.map((item) => item.photoAt))];
    const names = (at) => data.styles[at][0];
    const styles = [...new Set(found.map((item) => item.styleAt))].sort((a, b) => names(a).localeCompare(names(b)));
    const more = styles.length - COLUMNS;
    const size = Math.max(1, Math.floor(PER_PAGE / Math.min(COLUMNS, styles.length || 1)));
    return {
      pages: Math.ceil(photos.length / size),
      draw: (at) => [
        grid(photos.slice((at - 1) * size, at * size), styles.slice(0, COLUMNS), cells),
        ...(more > 0 ? [make("p", { class: "note", text: `${more} more styles match; choose one to see it.` })] : []),
      ],
    };
  }

  function leaf(pages) {
    const turn = (to, text) => {
      const button = make("button", { type: "button", text });
      button.addEventListener("click", () => { page = to; update(); shown.scrollIntoView({ block: "start" }); shown.focus({ preventScroll: true }); });
      return button;
    };
    const parts = [make("span", { text: `Page ${page} of ${number.format(pages)}` })];
    if (page > 1) parts.unshift(turn(page - 1, "← Previous page"));
    if (page < pages) parts.push(turn(page + 1, "Next page →"));
    return make("nav", { class: "pager", "aria-label": "Pages of what was found" }, ...parts);
  }

  function draw(state) {
    if (!asked(state)) {
      shown.replaceChildren(...still);
      count.textContent = "";
      return;
    }
    const found = find(state);
    count.textContent = `${number.format(found.length)} of ${number.format(state.status && state.status !== "done" ? pictures.length - painted : painted)} ${state.status && state.status !== "done" ? "that could not be painted" : "pictures"}`;
    if (!found.length) {
      const button = make("button", { type: "button", text: "Show everything" });
      button.addEventListener("click", () => { form.reset(); form.elements.q.focus(); });
      shown.replaceChildren(make("div", { class: "welcome" }, make("p", { text: "Nothing matches all of this." }), button));
      return;
    }
    const { pages, draw: drawn } = matrix ? spread(found, find(state, "failed"))
      : { pages: Math.ceil(found.length / PER_PAGE), draw: (at) => [hang(found.slice((at - 1) * PER_PAGE, at * PER_PAGE))] };
    page = Math.min(Math.max(1, state.page), pages);
    shown.replaceChildren(...drawn(page), ...(pages > 1 ? [leaf(pages)] : []));
  }

  function address(state) {
    const kept = new URLSearchParams();
    for (const name of FIELDS) if (state[name]) kept.set(name, state[name]);
    if (page > 1 && asked(state)) kept.set("page", String(page));
    const hash = kept.toString();
    try { history.replaceState(null, "", hash ? `#${hash}` : `${location.pathname}${location.search}`); } catch { location.replace(`#${hash}`); }
    for (const link of document.querySelectorAll('.rooms a[href^="index.html"], .rooms a[href^="matrix.html"]')) {
      link.setAttribute("href", link.getAttribute("href").split("#")[0] + (hash ? `#${hash}` : ""));
    }
  }

  function update() {
    const state = wanted();
    draw(state);
    address(state);
    clear.disabled = !asked(state);
  }

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of FIELDS) form.elements[name].value = given.get(name) || "";
    for (const select of form.querySelectorAll("select")) if (select.selectedIndex < 0) select.value = "";
    page = Number.parseInt(given.get("page"), 10) || 1;
    update();
  }

  options(form.elements.style, "all styles", data.styles.map((style) => style[0]));
  options(form.elements.preset, "all presets", data.presets);
  options(form.elements.source, "all sources", data.sources);
  options(form.elements.status, "painted", data.statuses.filter((status) => status !== "done"), (status) => STATUSES[status] || status);
  form.elements.status.closest(".field").hidden = form.elements.status.options.length < 2;
  shown.tabIndex = -1;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { page = 1; update(); });
  form.addEventListener("reset", () => { setTimeout(() => { page = 1; update(); }); });
  window.addEventListener("hashchange", read);
  read();
})();
