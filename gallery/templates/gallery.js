// The colours, the slider between photo and picture, and the arrow keys. Without this file the
// pages show the same, side by side.
"use strict";
(function () {
  const root = document.documentElement;
  root.classList.add("js");

  // Where a browser keeps nothing for files, the choice lasts as long as the page.
  const store = {
    read() { try { return localStorage.getItem("atelier-theme") || ""; } catch { return ""; } },
    write(value) { try { localStorage.setItem("atelier-theme", value); } catch { /* kept nowhere */ } },
  };
  const themes = ["", "light", "dark"];
  const names = { "": "Colours: as the system", light: "Colours: light", dark: "Colours: dark" };
  let theme = themes.includes(store.read()) ? store.read() : "";

  function paint() {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  }
  paint();

  function themeButton() {
    const button = document.getElementById("theme");
    const say = () => { button.textContent = names[theme]; };
    button.hidden = false;
    say();
    button.addEventListener("click", () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      store.write(theme);
      paint();
      say();
    });
  }

  function compare() {
    const box = document.getElementById("compare");
    if (!box || box.querySelectorAll("img").length < 2) return;
    const frame = document.getElementById("frame");
    const slider = document.getElementById("slider");
    const picture = frame.querySelector(".after img");
    const show = () => {
      const at = Number(slider.value);
      frame.style.setProperty("--at", `${at}%`);
      slider.setAttribute("aria-valuetext", `${at} % photo, ${100 - at} % picture`);
    };
    const set = (at) => { slider.value = String(Math.round(Math.min(100, Math.max(0, at)))); show(); };
    const follow = (event) => {
      const place = frame.getBoundingClientRect();
      set(100 * (event.clientX - place.left) / place.width);
    };
    frame.style.setProperty("--w", picture.getAttribute("width") || String(picture.naturalWidth || 4));
    frame.style.setProperty("--h", picture.getAttribute("height") || String(picture.naturalHeight || 3));
    document.getElementById("control").hidden = false;
    box.classList.add("live");
    slider.addEventListener("input", show);
    for (const button of box.querySelectorAll("button[data-at]")) {
      button.addEventListener("click", () => set(Number(button.dataset.at)));
    }
    for (const image of frame.querySelectorAll("img")) image.draggable = false;
    frame.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      frame.setPointerCapture(event.pointerId);
      follow(event);
    });
    frame.addEventListener("pointermove", (event) => {
      if (frame.hasPointerCapture(event.pointerId)) follow(event);
    });
    show();
  }

  function command() {
    const text = document.getElementById("command");
    const button = document.getElementById("copy");
    if (!text || !button) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const told = document.getElementById("copied");
      try {
        await navigator.clipboard.writeText(text.textContent);
        told.textContent = "Copied.";
      } catch {
        getSelection().selectAllChildren(text);
        told.textContent = "It is marked: copy it with the keyboard.";
      }
    });
  }

  // ← and → lead to the neighbours, unless they are meant for what has the focus.
  function arrows() {
    document.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
      const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
      if (!rel || event.target.closest("input, select, textarea, pre, .scroll")) return;
      const link = document.querySelector(`.way a[rel="${rel}"]`);
      if (link) link.click();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    themeButton();
    compare();
    command();
    arrows();
  });
})();
