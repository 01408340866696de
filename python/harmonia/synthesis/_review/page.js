"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const [NAME, SUBSET, SPLIT, METHOD, COMPOSITE, MASK, REAL, REJECTED, NUMBERS] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const ROW = 64;
  const samples = data.samples;
  const places = new Map(samples.map((sample, place) => [sample[NAME], place]));
  const numberOf = (sample, name) => sample[NUMBERS + data.numbers.indexOf(name)] ?? null;

  // What has been decided: {name: [decision, note]}, in the browser's storage.
  const key = `harmonia-review:${data.set}`;
  const say = (text) => { find("said").textContent = text; };
  let decided = {};
  try {
    decided = JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    say("The browser stores nothing for this page: export before you close it.");
  }
  for (const sample of samples) {
    if (sample[REJECTED] && !decided[sample[NAME]]) decided[sample[NAME]] = ["reject", ""];
  }
  const store = () => {
    try {
      localStorage.setItem(key, JSON.stringify(decided));
    } catch {
      say("The browser's storage is full or closed: export what you have decided.");
    }
  };
  const decisionOf = (sample) => decided[sample[NAME]]?.[0] ?? "";
  const noteOf = (sample) => decided[sample[NAME]]?.[1] ?? "";
  const set = (name, decision, note) => {
    if (decision || note) decided[name] = [decision, note];
    else delete decided[name];
  };
  const past = [];

  // Which samples show, and in which order.
  let shown = [];
  let current = null;
  const choices = (id, column) => {
    for (const value of [...new Set(samples.map((sample) => sample[column]))].sort()) {
      if (value) find(id).add(new Option(value, value));
    }
    find(id).closest("label").hidden = find(id).options.length < 3;
  };
  choices("subset", SUBSET);
  choices("method", METHOD);
  find("sort").add(new Option("as made", ""));
  find("sort").add(new Option("name", "name"));
  for (const name of data.numbers) {
    const text = name.replaceAll("_", " ");
    find("sort").add(new Option(`${text}, lowest first`, `+${name}`));
    find("sort").add(new Option(`${text}, highest first`, `-${name}`));
    find("number").add(new Option(text, name));
  }
  const choose = () => {
    const [show, subset, method, sort, number] = ["show", "subset", "method", "sort", "number"].map((id) => find(id).value);
    const [least, most] = ["least", "most"].map((id) => find(id).value);
    const search = find("search").value.trim().toLowerCase();
    shown = samples.filter((sample) => {
      const decision = decisionOf(sample);
      if (show && (show === "left" ? decision : decision !== show)) return false;
      if (subset && sample[SUBSET] !== subset) return false;
      if (method && sample[METHOD] !== method) return false;
      if (search && !sample[NAME].toLowerCase().includes(search)) return false;
      if (number) {
        const value = numberOf(sample, number);
        if (value === null || (least !== "" && value < +least) || (most !== "" && value > +most)) return false;
      }
      return true;
    });
    if (sort === "name") shown.sort((one, two) => one[NAME].localeCompare(two[NAME]));
    else if (sort) {
      const [sign, name] = [sort[0] === "+" ? 1 : -1, sort.slice(1)];
      const value = (sample) => numberOf(sample, name);
      shown.sort((one, two) => {
        const [first, second] = [value(one), value(two)];
        if (first === null || second === null) return (first === null) - (second === null);
        return sign * (first - second);
      });
    }
    find("room").style.height = `${shown.length * ROW}px`;
    find("found").textContent = shown.length === samples.length ? `${samples.length} samples` : `${shown.length} of ${samples.length} samples`;
    for (const id of ["least", "most"]) find(id).disabled = !number;
  };

  // The list: only rows that can be seen are in the document.
  const rows = new Map();
  const draw = () => {
    const list = find("window");
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
    const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + 4);
    const wanted = new Map();
    for (let place = first; place < last; place += 1) wanted.set(shown[place][NAME], place);
    for (const [name, row] of rows) {
      if (!wanted.has(name)) {
        row.remove();
        rows.delete(name);
      }
    }
    const sorted = find("sort").value.slice(1) || find("number").value;
    for (const [name, place] of wanted) {
      const sample = shown[place];
      let row = rows.get(name);
      if (!row) {
        row = document.createElement("div");
        row.setAttribute("role", "option");
        const picture = new Image();
        Object.assign(picture, { loading: "lazy", decoding: "async", alt: "", src: data.start + sample[COMPOSITE] });
        const text = document.createElement("span");
        text.textContent = name;
        text.append(document.createElement("small"));
        row.append(picture, text);
        row.addEventListener("click", () => go(sample));
        find("room").append(row);
        rows.set(name, row);
      }
      const value = data.numbers.includes(sorted) ? numberOf(sample, sorted) : null;
      const told = [sample[METHOD] || sample[SUBSET]];
      if (value !== null) told.push(`${sorted.replaceAll("_", " ")} ${value}`);
      row.querySelector("small").textContent = told.filter(Boolean).join(" \u00b7 ");
      row.className = `row ${decisionOf(sample)}`;
      row.style.top = `${place * ROW}px`;
      row.setAttribute("aria-selected", sample === current);
    }
  };
  find("window").addEventListener("scroll", draw, { passive: true });
  addEventListener("resize", draw);

  // The sample that is looked at.
  const load = (image, file) => {
    if (image.dataset.file === file) return;
    image.dataset.file = file;
    if (file) image.src = data.start + file;
    else image.removeAttribute("src");
  };
  const count = () => {
    const kept = samples.filter((sample) => decisionOf(sample) === "keep").length;
    const rejected = samples.filter((sample) => decisionOf(sample) === "reject").length;
    find("counts").textContent = `${kept} kept, ${rejected} rejected, ${samples.length - kept - rejected} undecided`;
    find("done").value = samples.length ? (kept + rejected) / samples.length : 0;
    find("undo").disabled = past.length === 0;
  };
  const toggled = (on) => {
    find("views").classList.toggle("toggled", on);
    find("toggle").setAttribute("aria-pressed", on);
  };
  const paint = () => {
    const none = current === null;
    for (const id of ["keep", "reject", "toggle", "previous", "next", "note"]) find(id).disabled = none;
    find("name").textContent = none ? "No sample" : current[NAME];
    find("facts").textContent = none ? "" : [current[SUBSET], current[SPLIT], current[METHOD]].filter(Boolean).join(" \u00b7 ");
    find("stage").className = none ? "" : decisionOf(current);
    find("note").value = none ? "" : noteOf(current);
    load(find("composite"), none ? "" : current[COMPOSITE]);
    load(find("real"), none ? "" : current[REAL]);
    for (const image of document.querySelectorAll(".outline")) {
      load(image, none || !find("outlines").checked ? "" : current[MASK]);
    }
    find("numbers").replaceChildren(...(none ? [] : data.numbers).map((name) => {
      const value = numberOf(current, name);
      const told = document.createElement("span");
      told.textContent = `${name.replaceAll("_", " ")} ${value ?? "-"}`;
      return told;
    }));
    count();
    draw();
  };
  const show = () => {
    const place = shown.indexOf(current);
    const list = find("window");
    if (place >= 0) {
      if (place * ROW < list.scrollTop) list.scrollTop = place * ROW;
      const bottom = (place + 1) * ROW - list.clientHeight;
      if (bottom > list.scrollTop) list.scrollTop = bottom;
      const after = shown[place + 1];
      if (after) for (const column of [COMPOSITE, REAL]) new Image().src = data.start + after[column];
    }
    paint();
  };
  const go = (sample) => {
    current = sample ?? null;
    toggled(false);
    show();
  };
  const step = (by) => {
    const place = shown.indexOf(current);
    if (shown.length) go(shown[Math.min(shown.length - 1, Math.max(0, place + by))]);
  };
  const chosenAnew = () => {
    choose();
    if (!shown.includes(current)) go(shown[0]);
    else show();
  };
  const decide = (decision) => {
    if (!current) return;
    const place = shown.indexOf(current);
    const after = shown[place + 1] ?? (shown.length > 1 && find("show").value ? shown[place - 1] : current);
    past.push([current[NAME], decided[current[NAME]]]);
    set(current[NAME], decision, noteOf(current));
    store();
    choose();
    go(shown.includes(after) ? after : shown[0]);
  };
  const undo = () => {
    const last = past.pop();
    if (!last) return;
    const [name, before] = last;
    set(name, before?.[0] ?? "", before?.[1] ?? "");
    store();
    choose();
    go(samples[places.get(name)]);
  };

  // CSV, where a cell may hold commas, quotes and line breaks.
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const toCsv = () => {
    const lines = samples.filter((sample) => decided[sample[NAME]]).map((sample) => [sample[NAME], decisionOf(sample), noteOf(sample)].map(cell).join(","));
    return `${["name,decision,note", ...lines].join("\r\n")}\r\n`;
  };
  const fromCsv = (text) => {
    const lines = [[]];
    for (const [, quoted, plain, end] of text.replace(/^\ufeff/, "").matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
      lines.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (end !== ",") lines.push([]);
    }
    return lines.filter((line) => line.some(Boolean));
  };
  find("export").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([toCsv()], { type: "text/csv" }));
    link.download = "decisions.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
  const take = (text) => {
    const [head = [], ...lines] = fromCsv(text);
    const [name, decision, note] = ["name", "decision", "note"].map((column) => head.indexOf(column));
    if (name < 0 || decision < 0) return say("This is no file of decisions: it has no columns name and decision.");
    let taken = 0;
    for (const line of lines) {
      const known = places.has(line[name]) && ["keep", "reject", ""].includes(line[decision] ?? "");
      if (known) set(line[name], line[decision] ?? "", line[note] ?? "");
      taken += known;
    }
    past.length = 0;
    store();
    say(`${taken} decisions taken over${taken < lines.length ? `; ${lines.length - taken} are of no sample here` : ""}.`);
    chosenAnew();
  };
  find("import").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) take(await file.text());
    event.target.value = "";
  });

  // Controls and keys.
  find("keep").addEventListener("click", () => decide("keep"));
  find("reject").addEventListener("click", () => decide("reject"));
  find("undo").addEventListener("click", undo);
  find("previous").addEventListener("click", () => step(-1));
  find("next").addEventListener("click", () => step(1));
  const toggle = () => toggled(!find("views").classList.contains("toggled"));
  find("toggle").addEventListener("click", toggle);
  find("views").addEventListener("click", toggle);
  find("beside").addEventListener("change", () => find("views").classList.toggle("beside", find("beside").checked));
  find("outlines").addEventListener("change", () => {
    find("views").classList.toggle("outlines", find("outlines").checked);
    paint();
  });
  find("note").addEventListener("input", () => {
    set(current[NAME], decisionOf(current), find("note").value);
    store();
  });
  for (const id of ["show", "subset", "method", "number"]) find(id).addEventListener("change", chosenAnew);
  find("sort").addEventListener("change", () => {
    choose();
    go(shown[0]);
  });
  for (const id of ["least", "most", "search"]) find(id).addEventListener("input", chosenAnew);
  const keys = {
    k: () => decide("keep"),
    r: () => decide("reject"),
    u: undo,
    " ": toggle,
    s: () => find("beside").click(),
    m: () => find("outlines").click(),
    n: () => find("note").focus(),
    arrowleft: () => step(-1),
    arrowup: () => step(-1),
    arrowright: () => step(1),
    arrowdown: () => step(1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("select, input:not([type=checkbox])");
    if (typing) {
      if (event.key === "Enter" || event.key === "Escape") event.target.blur();
      return;
    }
    const pressing = event.key === " " && event.target.matches("button, input, label");
    const act = keys[event.key.toLowerCase()];
    if (!act || pressing) return;
    event.preventDefault();
    act();
  });

  choose();
  go(shown.find((sample) => !decisionOf(sample)) ?? shown[0]);
})();
