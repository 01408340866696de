"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const count = data.numbers.length;
  const SPECIAL = { inf: Infinity, "-inf": -Infinity, nan: NaN };
  // null where nothing was measured, NaN where the metric says nothing
  const valueOf = (label, metric, place) => {
    const value = data.values[label][metric][place];
    return typeof value === "string" ? SPECIAL[value] : value;
  };
  const said = (metric, value) => {
    if (value === null) return "";
    if (Number.isNaN(value)) return "none";
    return Number.isFinite(value) ? value.toFixed(data.metrics[metric].digits) : value > 0 ? "\u221e" : "-\u221e";
  };
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const cell = (kind, text, name) => {
    const made = document.createElement(kind);
    if (text instanceof Node) made.append(text);
    else made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const best = (metric, values) => {
    const there = values.filter((value) => value !== null && !Number.isNaN(value));
    return there.length > 1 ? Math[data.metrics[metric].higher ? "max" : "min"](...there) : null;
  };

  // The numbers of one sample.
  const caseOf = (place) => find(`case-${data.numbers[place]}`);
  const open = (place) => {
    const metrics = Object.keys(data.metrics);
    find("one-name").textContent = data.names[place];
    find("one-facts").textContent = [data.subsets[place], `number ${data.numbers[place]}`, `foreground ${percent(data.foreground[place])}`].filter(Boolean).join(" \u00b7 ");
    const head = document.createElement("tr");
    head.append(cell("th", "method"), ...metrics.map((metric) => cell("th", data.metrics[metric].spelled)));
    find("one-numbers").tHead.replaceChildren(head);
    const tops = Object.fromEntries(metrics.map((metric) => [metric, best(metric, data.labels.map((label) => valueOf(label, metric, place)))]));
    find("one-numbers").tBodies[0].replaceChildren(...data.labels.map((label) => {
      const row = document.createElement("tr");
      row.append(cell("th", label), ...metrics.map((metric) => {
        const value = valueOf(label, metric, place);
        const text = value === null ? "missing" : said(metric, value);
        return cell("td", value !== null && value === tops[metric] ? cell("strong", text) : text);
      }));
      return row;
    }));
    const link = find("one-case");
    link.hidden = !caseOf(place);
    link.href = `#case-${data.numbers[place]}`;
    find("one").showModal();
  };
  find("one-case").addEventListener("click", (event) => {
    find("one").close();
    const one = find(event.target.hash.slice(1));
    one.open = true;
    for (const id of ["case-method", "case-kind"]) find(id).value = "";
    choose();
  });

  // The list: only rows that can be seen are in the document.
  const ROW = 30;
  let shown = [];
  let sorted = { key: "number", up: true };
  const metric = () => find("metric").value;
  const keys = {
    number: (place) => data.numbers[place],
    name: (place) => data.names[place],
    subset: (place) => data.subsets[place],
    foreground: (place) => data.foreground[place],
    spread: (place) => {
      const values = data.labels.map((label) => valueOf(label, metric(), place)).filter(Number.isFinite);
      return values.length > 1 ? Math.max(...values) - Math.min(...values) : null;
    },
  };
  const keyOf = (key) => (key.startsWith("=") ? (place) => valueOf(key.slice(1), metric(), place) : keys[key]);
  const columns = () => [
    ["name", "sample"],
    ...(data.subsets.some(Boolean) ? [["subset", "subset"]] : []),
    ["number", "number"],
    ["foreground", "foreground"],
    ...data.labels.map((label) => [`=${label}`, label]),
    ...(data.labels.length > 1 ? [["spread", "spread"]] : []),
  ];
  const order = () => {
    const key = keyOf(sorted.key);
    const keyed = shown.map((place) => ({ place, value: key(place) }));
    const empty = (value) => value === null || value === undefined || Number.isNaN(value);
    const sign = sorted.up ? 1 : -1;
    keyed.sort((one, two) => {
      if (empty(one.value) || empty(two.value)) return empty(one.value) - empty(two.value) || one.place - two.place;
      if (one.value === two.value) return one.place - two.place;
      if (typeof one.value === "string") return sign * one.value.localeCompare(two.value, undefined, { numeric: true });
      return sign * (one.value < two.value ? -1 : 1);
    });
    shown = keyed.map((item) => item.place);
  };
  const filter = () => {
    const [subset, share, which] = ["subset", "share", "which-samples"].map((id) => find(id).value);
    const search = find("search").value.trim().toLowerCase();
    const [low, high] = share ? share.split(" ").map(Number) : [-1, 2];
    const tests = {
      "": () => true,
      cases: (place) => caseOf(place),
      missing: (place) => data.labels.some((label) => Object.keys(data.metrics).some((name) => valueOf(label, name, place) === null)),
    };
    shown = [];
    for (let place = 0; place < count; place += 1) {
      const foreground = data.foreground[place];
      if (subset && data.subsets[place] !== subset.slice(1)) continue;
      if (!(foreground > low && foreground <= high)) continue;
      if (search && !data.names[place].toLowerCase().includes(search)) continue;
      if (tests[which](place)) shown.push(place);
    }
    order();
    find("found").textContent = shown.length === count ? `${count} samples` : `${shown.length} of ${count} samples`;
    find("window").scrollTop = 0;
    draw(true);
  };
  const body = find("list").tBodies[0];
  const room = (rows) => {
    const row = cell("tr", cell("td", ""), "room");
    row.setAttribute("aria-hidden", "true");
    row.firstChild.colSpan = columns().length;
    row.firstChild.style.height = `${rows * ROW}px`;
    return row;
  };
  const rowOf = (place, at) => {
    const row = document.createElement("tr");
    row.setAttribute("aria-rowindex", at + 2);
    const button = cell("button", data.names[place]);
    button.type = "button";
    button.title = data.names[place];
    button.addEventListener("click", () => open(place));
    const cells = { name: button, subset: data.subsets[place], number: data.numbers[place], foreground: percent(data.foreground[place]), spread: said(metric(), keys.spread(place)) };
    const top = best(metric(), data.labels.map((label) => valueOf(label, metric(), place)));
    row.append(...columns().map(([key]) => {
      if (!key.startsWith("=")) return cell("td", cells[key]);
      const value = valueOf(key.slice(1), metric(), place);
      if (value === null) return cell("td", "missing", "none");
      return cell("td", said(metric(), value), value === top ? "top" : "");
    }));
    return row;
  };
  let drawn = "";
  const draw = (anew) => {
    const view = find("window");
    const first = Math.max(0, Math.floor(view.scrollTop / ROW) - 6);
    const last = Math.min(shown.length, Math.ceil((view.scrollTop + view.clientHeight) / ROW) + 6);
    if (!anew && drawn === `${first} ${last}`) return;
    drawn = `${first} ${last}`;
    const held = document.activeElement?.closest?.("#list tbody tr")?.getAttribute("aria-rowindex");
    body.replaceChildren(room(first), ...shown.slice(first, last).map((place, at) => rowOf(place, first + at)), room(shown.length - last));
    if (held && !anew) body.querySelector(`[aria-rowindex="${held}"] button`)?.focus({ preventScroll: true });
  };
  const heads = () => {
    const row = document.createElement("tr");
    row.append(...columns().map(([key, text]) => {
      const button = cell("button", text);
      button.type = "button";
      const head = cell("th", button);
      head.scope = "col";
      head.dataset.key = key;
      if (key === sorted.key) head.setAttribute("aria-sort", sorted.up ? "ascending" : "descending");
      button.addEventListener("click", () => {
        sorted = { key, up: key === sorted.key ? !sorted.up : true };
        order();
        heads();
        find("window").scrollTop = 0;
        draw(true);
        find("list").tHead.querySelector(`[aria-sort] button`).focus();
      });
      return head;
    }));
    find("list").tHead.replaceChildren(row);
    find("list").setAttribute("aria-rowcount", shown.length + 1);
  };
  for (const [name, about] of Object.entries(data.metrics)) find("metric").add(new Option(about.spelled, name));
  find("metric").value = data.judged;
  const subsets = [...new Set(data.subsets)].sort();
  for (const subset of subsets) find("subset").add(new Option(subset || "(none)", `=${subset}`));
  find("subset").closest("label").hidden = subsets.length < 2;
  for (const [low, high] of data.bins) find("share").add(new Option(`${100 * low}\u2013${100 * high} %`, `${low || -1} ${high}`));
  for (const id of ["subset", "share", "which-samples"]) find(id).addEventListener("change", filter);
  find("search").addEventListener("input", filter);
  find("metric").addEventListener("change", () => {
    order();
    draw(true);
  });
  find("window").addEventListener("scroll", () => draw(false));
  new ResizeObserver(() => draw(false)).observe(find("window"));
  for (const element of document.querySelectorAll(".filters, #window")) element.hidden = false;
  heads();
  filter();
  heads();

  // Cases: which of them show, and the numbers of theirs.
  const cases = [...document.querySelectorAll(".case")];
  const choose = () => {
    if (!cases.length) return;
    const [method, kind] = ["case-method", "case-kind"].map((id) => find(id).value);
    let seen = 0;
    for (const one of cases) {
      const reasons = [...one.querySelectorAll(".why span")].map((tag) => tag.dataset);
      one.hidden = !reasons.some((why) => (!method || why.labels.split(" ").includes(method)) && (!kind || why.kind === kind));
      seen += !one.hidden;
      for (const figure of one.querySelectorAll("figure")) figure.classList.toggle("chosen", Boolean(method) && figure.dataset.label === method);
    }
    find("cases-found").textContent = seen === cases.length ? `${seen} samples` : `${seen} of ${cases.length} samples`;
  };
  if (cases.length) {
    for (const id of ["case-method", "case-kind"]) find(id).addEventListener("change", choose);
    find("differences").addEventListener("change", () => find("cases").classList.toggle("no-differences", !find("differences").checked));
    const places = new Map(data.numbers.map((number, place) => [number, place]));
    for (const one of cases) {
      const place = places.get(Number(one.dataset.number));
      const button = cell("button", "all numbers");
      button.type = "button";
      button.addEventListener("click", () => open(place));
      one.querySelector("summary").after(button);
    }
    find("unfold").addEventListener("click", () => {
      const opened = find("unfold").getAttribute("aria-pressed") !== "true";
      find("unfold").setAttribute("aria-pressed", opened);
      find("unfold").textContent = opened ? "Close all" : "Open all";
      for (const one of cases) one.open = opened;
    });
    const reveal = () => {
      const one = location.hash.startsWith("#case-") && find(location.hash.slice(1));
      if (!one) return;
      one.open = true;
      one.scrollIntoView();
    };
    window.addEventListener("hashchange", reveal);
    reveal();
    window.addEventListener("beforeprint", () => cases.forEach((one) => { one.open = true; }));
    choose();
  }

  // The light box: one picture of a case after the other.
  const dialog = find("large");
  let strip = [];
  let at = 0;
  const show = (image) => {
    strip = [...image.closest(".pictures").querySelectorAll("img")].filter((one) => one.offsetParent);
    at = strip.indexOf(image);
    step(0);
    dialog.showModal();
  };
  const step = (by) => {
    at = (at + by + strip.length) % strip.length;
    find("enlarged").src = strip[at].src;
    find("enlarged").alt = strip[at].alt;
    find("which").textContent = strip[at].alt;
  };
  for (const image of document.querySelectorAll(".pictures img")) {
    image.tabIndex = 0;
    image.setAttribute("role", "button");
    image.addEventListener("click", () => show(image));
    image.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      show(image);
    });
  }
  find("previous").addEventListener("click", () => step(-1));
  find("next").addEventListener("click", () => step(1));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  for (const each of document.querySelectorAll("dialog")) {
    each.addEventListener("click", (event) => {
      if (event.target === each) each.close();
    });
  }
})();
