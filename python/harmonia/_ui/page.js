"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // Requests: pictures as bytes, all else as JSON. An answer that is no success is an error.
  const ask = async (path, body, signal) => {
    let answer;
    try {
      const headers = { "X-Harmonia-Token": data.token };
      answer = await fetch(path, { method: "POST", headers, body, signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error("harmonia does not answer; is harmonia ui still running?");
    }
    if (answer.ok) return answer;
    const told = await answer.json();
    throw Object.assign(new Error(told.error), { about: told.about, kind: told.kind });
  };
  const askJson = async (path, asked, signal) => (await ask(path, JSON.stringify(asked), signal)).json();
  const tell = (text) => { find("said").textContent = text; };
  const complain = (text) => { find("wrong").textContent = text; };
  const isOld = (error) => error.name === "AbortError";

  // The places for pictures, two of each mode.
  const MODES = { masked: ["picture", "mask"], pasted: ["cutout", "background"] };
  const TITLES = {
    picture: ["Picture", "with a foreground that does not fit"],
    mask: ["Mask", "white is what changes"],
    cutout: ["Cut-out", "a picture with transparency"],
    background: ["Background", "what it is pasted onto"],
  };
  const WAYS = ["invert", "resize", "ones"];  // to read the mask, each a box to tick
  const ticked = () => Object.fromEntries(WAYS.map((id) => [id, find(id).checked]));
  const mode = () => document.querySelector("[name=mode]:checked").value;
  const slots = {};
  for (const [name, [title, hint]] of Object.entries(TITLES)) {
    const input = make("input", { type: "file", id: `file-${name}`, accept: "image/*,.tif,.tiff,.exr,.avif" });
    const thumb = make("span", { className: "thumb", textContent: "+" });
    const facts = make("span", { className: "facts", textContent: hint });
    const wrong = make("span", { className: "wrong" });
    wrong.setAttribute("role", "alert");
    const text = make("span", {}, make("b", { textContent: title }), facts);
    const label = make("label", { className: "slot", id: `slot-${name}` }, input, thumb, text, wrong);
    find("slots").append(label);
    slots[name] = { label, thumb, facts, wrong, hint, given: null };
    input.addEventListener("change", () => {
      if (input.files.length) give(name, input.files[0]);
      input.value = "";
    });
    label.addEventListener("dragover", () => label.classList.add("over"));
    for (const end of ["dragleave", "drop"]) label.addEventListener(end, () => label.classList.remove("over"));
    label.addEventListener("drop", (event) => {
      event.stopPropagation();
      event.preventDefault();
      if (event.dataTransfer.files.length) give(name, event.dataTransfer.files[0]);
    });
  }
  // What is dropped elsewhere goes to the places that are empty, in their order.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const names = MODES[mode()];
    const free = [...names.filter((name) => !slots[name].given), ...names.filter((name) => slots[name].given)];
    [...event.dataTransfer.files].slice(0, 2).forEach((file, place) => give(free[place], file));
  });

  const give = async (name, file) => {
    const slot = slots[name];
    slot.turn = (slot.turn ?? 0) + 1;
    const turn = slot.turn;
    slot.given = null;
    slot.wrong.textContent = "";
    slot.label.classList.remove("filled");
    slot.thumb.replaceChildren("…");
    slot.facts.textContent = file.name;
    try {
      if (file.size > data.most) throw new Error(`the file is larger than ${data.most / 2 ** 20} MB, the most there can be`);
      const given = await (await ask("/pictures", file)).json();
      if (turn !== slot.turn) return;
      slot.given = { ...given, name: file.name };
      slot.label.classList.add("filled");
      slot.thumb.replaceChildren(make("img", { src: given.shown, alt: "" }));
      slot.facts.textContent = `${file.name}, ${given.width} × ${given.height}`;
      slot.facts.title = given.notes.join("; ");
      if (name === "cutout" || name === "background") startPlace();
    } catch (error) {
      if (turn !== slot.turn) return;
      slot.thumb.replaceChildren("+");
      slot.facts.textContent = slot.hint;
      slot.wrong.textContent = `${file.name}: ${error.message}`;
    }
    lay();
  };

  // Where the cut-out lies, in pixels of the background.
  const place = { left: 0, top: 0, scale: 1 };
  const board = find("board");
  const startPlace = () => {
    const [above, below] = [slots.cutout.given, slots.background.given];
    if (!above || !below) return;
    find("below").src = below.shown;
    find("above").src = above.shown;
    find("placing").style.setProperty("--ratio", below.width / below.height);
    place.scale = Math.min(1, (0.8 * below.width) / above.width, (0.8 * below.height) / above.height);
    place.left = Math.round((below.width - place.scale * above.width) / 2);
    place.top = Math.round((below.height - place.scale * above.height) / 2);
    view("placing");
    showPlace();
  };
  const showPlace = () => {
    const [above, below] = [slots.cutout.given, slots.background.given];
    if (!above || !below) return;
    const share = (value, whole) => `${(100 * value) / whole}%`;
    Object.assign(find("above").style, {
      left: share(place.left, below.width),
      top: share(place.top, below.height),
      width: share(place.scale * above.width, below.width),
      height: share(place.scale * above.height, below.height),
    });
    find("scale").value = Math.log10(place.scale);
    find("percent").value = Number((100 * place.scale).toPrecision(4));
    find("left").value = place.left;
    find("top").value = place.top;
  };
  let waiting;
  const placed = () => {
    showPlace();
    clearTimeout(waiting);
    waiting = setTimeout(lay, 250);
  };
  const rescale = (scale) => {
    const above = slots.cutout.given;
    if (!above || !(scale > 0)) return;
    const next = Math.min(100, Math.max(0.001, scale));
    // The middle stays where it is.
    place.left = Math.round(place.left + (above.width * (place.scale - next)) / 2);
    place.top = Math.round(place.top + (above.height * (place.scale - next)) / 2);
    place.scale = next;
    placed();
  };
  const move = (left, top) => {
    place.left = Math.round(left);
    place.top = Math.round(top);
    placed();
  };
  find("scale").addEventListener("input", () => rescale(10 ** find("scale").value));
  find("percent").addEventListener("change", () => rescale(find("percent").value / 100));
  find("left").addEventListener("change", () => move(find("left").valueAsNumber || 0, place.top));
  find("top").addEventListener("change", () => move(place.left, find("top").valueAsNumber || 0));
  board.addEventListener("wheel", (event) => {
    event.preventDefault();
    rescale(place.scale * 1.001 ** -event.deltaY);
  }, { passive: false });
  let drag = null;
  find("above").addEventListener("pointerdown", (event) => {
    find("above").setPointerCapture(event.pointerId);
    drag = { x: event.clientX, y: event.clientY, left: place.left, top: place.top };
  });
  find("above").addEventListener("pointermove", (event) => {
    if (!drag) return;
    const pixel = slots.background.given.width / board.clientWidth;
    move(drag.left + (event.clientX - drag.x) * pixel, drag.top + (event.clientY - drag.y) * pixel);
  });
  for (const end of ["pointerup", "pointercancel"]) find("above").addEventListener(end, () => { drag = null; });
  find("above").addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!by) return;
    event.preventDefault();
    move(place.left + by[0], place.top + by[1]);
  });

  // The scene: made anew whenever what it is made of changes; what was under way is left.
  let scene = null;
  let results = new Map();
  let chosen = null;
  let current = new AbortController();
  const lay = async () => {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    scene = null;
    complain("");
    const names = MODES[mode()];
    const [one, two] = names.map((name) => slots[name].given);
    if (!one || !two) {
      results = new Map();
      show();
      return;
    }
    const asked = mode() === "masked"
      ? { picture: one.id, mask: two.id, ...ticked() }
      : { cutout: one.id, background: two.id, left: place.left, top: place.top, scale: place.scale };
    for (const name of names) slots[name].wrong.textContent = "";
    try {
      scene = await askJson("/scenes", asked, signal);
    } catch (error) {
      if (isOld(error)) return;
      current.failed = true;
      results = new Map();
      const slot = slots[error.about];
      if (slot && slot.given) slot.wrong.textContent = `${slot.given.name}: ${error.message}`;
      else complain(error.message);
      show();
      return;
    }
    scene.stem = one.name.replace(/\.[^.]*$/, "");
    tell([...scene.notes, scene.doubt].filter(Boolean).join("; "));
    for (const id of ["under", "over"]) find(id).src = scene.shown;
    find("contour").src = scene.outline;
    const ratio = scene.width / scene.height;
    find("slider").style.setProperty("--ratio", ratio);
    document.querySelector(".stage").style.aspectRatio = ratio;
    results = new Map();
    harmonize();
  };

  // Results: one method after the other, so that each is there as soon as it can be.
  const methods = new Map();
  for (const { name, summary, usual } of data.methods) {
    const box = make("input", { type: "checkbox", checked: usual, value: name });
    const label = make("label", {}, box, make("span", { textContent: name }), make("span", { className: "summary", textContent: summary }));
    label.title = summary;
    find("methods").append(label);
    methods.set(name, box);
    box.addEventListener("change", () => {
      if (box.checked) {
        chosen = name;
        if (results.has(name) && results.get(name).error) results.delete(name);
      }
      harmonize();
    });
  }
  const harmonize = async () => {
    const mine = scene;
    show();
    if (!mine) return;
    const { signal } = current;
    for (const [name, box] of methods) {
      if (!box.checked || results.has(name)) continue;
      results.set(name, {});
      show();
      let found;
      try {
        found = await askJson("/results", { scene: mine.id, method: name, strength: 1 }, signal);
      } catch (error) {
        if (isOld(error)) return;
        found = { error: error.message };
      }
      if (mine !== scene) return;
      results.set(name, found);
      show();
    }
  };

  const share = () => find("strength").value / 100;
  find("strength").addEventListener("input", () => {
    find("share").textContent = `${find("strength").value} %`;
    document.body.style.setProperty("--strength", share());
  });

  const save = (blob, name) => {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const download = async (button, path, name, result) => {
    if (!scene) return;  // a new one is on its way, and its results take the place of these
    const asked = { scene: scene.id, method: name, strength: share() };
    const stem = `${scene.stem}_${name}`;
    button.disabled = true;
    complain("");
    try {
      const answer = await ask(path, JSON.stringify(asked));
      if (path === "/files") {
        save(await answer.blob(), `${stem}.${scene.format.toLowerCase()}`);
      } else {
        const look = await answer.json();
        save(new Blob([look.text], { type: "text/plain" }), `${stem}.cube`);
        result.remark = look.remark;
        show();
      }
    } catch (error) {
      complain(error.message);
    }
    button.disabled = false;
  };

  // What is shown.
  let seen = "slider";
  const view = (name) => {
    seen = name;
    show();
  };
  find("to-place").addEventListener("click", () => view("placing"));
  find("to-compare").addEventListener("click", () => view("slider"));
  const card = (name, result) => {
    const time = result.seconds === undefined ? "" : result.seconds < 1 ? `${Math.round(1000 * result.seconds)} ms` : `${result.seconds.toFixed(1)} s`;
    const head = make("figcaption", {}, make("b", { textContent: name, title: name }), make("span", { className: "time", textContent: time }));
    const figure = make("figure", { className: "result" }, head);
    figure.dataset.name = name;
    if (result.error) {
      figure.classList.add("failed");
      figure.append(make("p", { className: "reason", textContent: result.error }));
      return figure;
    }
    if (!result.shown) {
      figure.append(make("p", { className: "reason", textContent: "at work…" }));
      return figure;
    }
    const look = make("button", { type: "button", className: "look" }, make("img", { src: scene.shown, alt: "" }), make("img", { src: result.shown, alt: "", className: "made" }));
    look.setAttribute("aria-label", `Show ${name}`);
    look.setAttribute("aria-pressed", String(name === chosen));
    look.style.aspectRatio = scene.width / scene.height;
    look.addEventListener("click", () => {
      chosen = name;
      view("slider");
    });
    const file = make("button", { type: "button", className: "file", textContent: scene.format === "PNG" ? "Save PNG" : `Save ${scene.format}` });
    file.addEventListener("click", () => download(file, "/files", name, result));
    const cube = make("button", { type: "button", className: "cube", textContent: "Save .cube" });
    cube.addEventListener("click", () => download(cube, "/looks", name, result));
    figure.classList.toggle("chosen", name === chosen);
    figure.append(look, make("div", { className: "actions" }, file, cube));
    if (result.remark) figure.append(make("p", { className: "reason", textContent: result.remark }));
    return figure;
  };
  const emptiness = (both, pasting) => {
    if (both) return current.failed ? "Nothing to show: see what is said of the pictures." : "At work…";
    if (pasting) return "Drop a cut-out and its background here, or choose them on the left. The cut-out is a picture whose surroundings are transparent.";
    return "Drop a picture and its mask here, or choose them on the left. White in the mask is what changes.";
  };
  const show = () => {
    const pasting = mode() === "pasted";
    const names = MODES[mode()];
    for (const [name, slot] of Object.entries(slots)) slot.label.hidden = !names.includes(name);
    find("of-mask").hidden = pasting;
    const both = names.every((name) => slots[name].given);
    const listed = [...results].filter(([name]) => methods.get(name).checked);
    const done = listed.filter(([, result]) => result.shown);
    const wanted = chosen && methods.get(chosen).checked && !(results.get(chosen) || {}).error;
    if (!wanted && done.length) chosen = done[0][0];
    const result = results.get(chosen) || {};
    const placing = pasting && both && seen === "placing";
    find("tabs").hidden = !(pasting && both);
    find("to-place").setAttribute("aria-pressed", String(placing));
    find("to-compare").setAttribute("aria-pressed", String(!placing));
    find("placing").hidden = !placing;
    find("slider").hidden = placing || !scene;
    find("empty").hidden = placing || Boolean(scene);
    find("empty").firstElementChild.textContent = emptiness(both, pasting);
    find("which").textContent = result.shown ? chosen : chosen && !result.error ? `${chosen}: at work…` : "";
    find("made").hidden = !result.shown;
    if (result.shown && find("made").src !== result.shown) find("made").src = result.shown;
    find("results").replaceChildren(...(scene ? listed.map(([name, found]) => card(name, found)) : []));
    if (!both) tell("");
  };
  for (const one of document.querySelectorAll("[name=mode]")) one.addEventListener("change", lay);
  for (const id of WAYS) find(id).addEventListener("change", lay);
  find("split").addEventListener("input", () => document.querySelector(".stage").style.setProperty("--at", `${find("split").value}%`));
  find("contours").addEventListener("change", () => { find("contour").hidden = !find("contours").checked; });
  lay();
})();
