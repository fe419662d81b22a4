// Light or dark as the person chose; without a choice, as the device says. Loaded before the page is drawn.
(function () {
  "use strict";
  var root = document.documentElement;
  var key = "packline-theme";

  function chosen() {
    try { return localStorage.getItem(key); } catch (error) { return null; }
  }
  function dark() {
    var theme = root.dataset.theme;
    return theme ? theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function say(button) {
    button.setAttribute("aria-pressed", String(dark()));
    button.hidden = false;
  }

  if (chosen()) root.dataset.theme = chosen();

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.getElementById("theme");
    if (!button) return;
    say(button);
    button.addEventListener("click", function () {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem(key, root.dataset.theme); } catch (error) { /* this page only */ }
      say(button);
    });
  });

  // A refusal (409, 422) carries the form with what was typed: show it, do not swallow it.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status;
    if (status === 409 || status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // A point was chosen: the chart marks it, and what is said of it comes into view.
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "point") return;
    var chosen = event.detail.requestConfig.elt.getAttribute("href");
    document.querySelectorAll(".chart .point").forEach(function (point) {
      if (point.getAttribute("href") === chosen) point.setAttribute("aria-current", "true");
      else point.removeAttribute("aria-current");
    });
    var said = document.getElementById("point");
    if (said) said.scrollIntoView({ block: "nearest" });
  });
})();
