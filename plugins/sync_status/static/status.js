// Light or dark as Airflow is, and links that lead out of Airflow's frame.
(() => {
  "use strict";

  // Airflow keeps its theme beside its other settings; alone, the page follows the browser.
  const follow = () => {
    let theme = null;
    try { theme = window.localStorage.getItem("theme"); } catch { /* storage may be closed */ }
    const dark = theme === "dark" ||
      (theme !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  follow();
  window.addEventListener("storage", follow);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow);

  const framed = window.parent !== window;

  // Airflow's frame lets nothing out of it: Airflow itself is asked to go there.
  const lead = (event) => {
    const link = event.target.closest("a[data-airflow-link], a[data-outside]");
    if (!link || !framed) return;
    const parent = window.parent;
    if (link.hasAttribute("data-outside")) {
      const door = parent.document.createElement("a");
      Object.assign(door, { href: link.href, target: "_blank", rel: "noopener noreferrer" });
      parent.document.body.append(door);
      door.click();
      door.remove();
    } else {
      parent.history.pushState({}, "", link.href);
      parent.dispatchEvent(new parent.PopStateEvent("popstate"));
    }
    event.preventDefault();
  };
  document.addEventListener("click", lead);
})();
