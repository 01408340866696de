"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const figures = [...document.querySelectorAll(".panel[data-name]")];
  const nameOf = (figure) => figure.dataset.name;
  const pictureOf = (figure) => figure.querySelector(".picture");
  const composite = figures[0];

  // The large slider between any two pictures.
  const stage = document.querySelector(".stage");
  const choose = (select, image, place) => {
    for (const figure of figures) select.add(new Option(nameOf(figure)));
    const show = () => {
      const figure = figures[select.selectedIndex];
      image.src = pictureOf(figure).src;
      image.alt = nameOf(figure);
    };
    select.selectedIndex = place;
    select.addEventListener("change", show);
    show();
  };
  const firstMade = figures.findIndex((figure) => figure.classList.contains("made"));
  choose(find("left"), find("over"), 0);
  choose(find("right"), find("under"), Math.max(0, firstMade));
  const follow = (range, view) => {
    const move = () => view.style.setProperty("--at", `${range.value}%`);
    range.addEventListener("input", move);
    move();
  };
  follow(find("split"), stage);
  find("slider").hidden = firstMade < 0;
  const [across, down] = composite.querySelector(".view").style.aspectRatio.split("/").map(Number);
  find("slider").style.setProperty("--ratio", across / down);
  stage.style.aspectRatio = `${across} / ${down}`;

  // A slider on every method: how much of the composite covers it.
  for (const figure of figures.filter((one) => one.classList.contains("made"))) {
    const view = figure.querySelector(".view");
    const before = new Image();
    before.className = "before";
    before.alt = "";
    before.src = pictureOf(composite).src;
    const range = document.createElement("input");
    Object.assign(range, { type: "range", min: 0, max: 100, step: 0.5, value: 0 });
    range.setAttribute("aria-label", `How much of the composite covers ${nameOf(figure)}`);
    pictureOf(figure).after(before);
    view.append(range);
    follow(range, view);
    range.addEventListener("input", () => view.classList.toggle("sliding", range.value > 0));
  }

  // The light box: one part, or the whole picture, of one method after the other.
  const dialog = find("large");
  let shown = { figure: 0, part: -1 };
  const imagesOf = (figure) => [...figure.querySelectorAll(".crops img")];
  const enlarge = (figure, part) => {
    const count = figures.length;
    shown = { figure: (figure + count) % count, part };
    const from = figures[shown.figure];
    const image = part < 0 ? pictureOf(from) : imagesOf(from)[part];
    find("enlarged").src = image.src;
    find("enlarged").alt = image.alt;
    find("which").textContent = image.alt;
    if (!dialog.open) dialog.showModal();
  };
  const step = (by) => enlarge(shown.figure + by, shown.part);
  figures.forEach((figure, place) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "enlarge", textContent: "enlarge" });
    button.setAttribute("aria-label", `Enlarge ${nameOf(figure)}`);
    button.addEventListener("click", () => enlarge(place, -1));
    figure.querySelector("figcaption").append(button);
    imagesOf(figure).forEach((image, part) => {
      image.tabIndex = 0;
      image.setAttribute("role", "button");
      image.addEventListener("click", () => enlarge(place, part));
      image.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          enlarge(place, part);
        }
      });
    });
  });
  find("previous").addEventListener("click", () => step(-1));
  find("next").addEventListener("click", () => step(1));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  // Switches for what is drawn over the pictures.
  document.querySelector(".switches").hidden = false;
  for (const id of ["contours", "boxes"]) {
    const toggle = () => document.body.classList.toggle(`no-${id}`, !find(id).checked);
    find(id).addEventListener("change", toggle);
    toggle();
  }

  // Columns that sort, first from small to large; rows without a number stay last.
  const body = document.querySelector("tbody");
  const heads = [...document.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const sign = up ? 1 : -1;
      const keyed = [...body.rows].map((row) => {
        const cell = row.cells[column];
        return { row, text: cell.textContent, value: cell.dataset.value };
      });
      keyed.sort((one, two) => {
        if (one.value === undefined) return sign * one.text.localeCompare(two.text);
        if (one.value === "" || two.value === "") return (one.value === "") - (two.value === "");
        return one.value === two.value ? 0 : sign * (one.value - two.value);
      });
      body.append(...keyed.map((item) => item.row));
    });
  });
})();
