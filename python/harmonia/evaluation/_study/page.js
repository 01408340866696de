"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const LEFT = 0, RIGHT = 1, TIE = 2;
  const LARGEST = 2; // times which a small picture is enlarged
  const SIDE = 24; // pixels below a picture, where its side is named
  const sides = [find("left"), find("right")];

  // Chance that is the same for a voter who comes back: FNV-1a seeds an xorshift generator.
  const hash = (text) => {
    let value = 2166136261;
    for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 16777619);
    return value >>> 0;
  };
  const generator = (text) => {
    let state = hash(text) || 1;
    const next = () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) / 4294967296;
    };
    for (let skipped = 0; skipped < 16; skipped += 1) next();
    return next;
  };

  // What a voter gets to see: [{sample, codes: [left, right], pictures: [left, right]}].
  const blockOf = (voter) => (/^\d{1,9}$/.test(voter) ? (Number(voter) + data.blocks.length - 1) : hash(voter)) % data.blocks.length;
  const orderOf = (voter) => {
    const random = generator(`${data.study} ${voter}`);
    const shuffle = (list) => {
      for (let last = list.length - 1; last > 0; last -= 1) {
        const other = Math.floor(random() * (last + 1));
        [list[last], list[other]] = [list[other], list[last]];
      }
    };
    const choice = (place, first, second) => {
      const turned = random() < 0.5;
      return { sample: data.samples[place], shown: turned ? [second, first] : [first, second] };
    };
    const method = (place, number) => ({ code: `M${number + 1}`, picture: data.samples[place].pictures[number] });
    const found = data.blocks[blockOf(voter)].map(([place, one, other]) => choice(place, method(place, one), method(place, other)));
    shuffle(found);
    for (const [place, number] of data.checks) {
      const check = choice(place, method(place, number), { code: "check", picture: data.samples[place].spoiled });
      found.splice(1 + Math.floor(random() * found.length), 0, check);
    }
    // A sample that comes twice in a row changes places with a later one.
    for (let at = 1; at < found.length; at += 1) {
      if (found[at].sample !== found[at - 1].sample) continue;
      const later = found.findIndex((one, place) => place > at && one.sample !== found[at - 1].sample);
      if (later > 0) [found[at], found[later]] = [found[later], found[at]];
    }
    return found;
  };

  // Votes are [side, milliseconds, time], in the order in which pairs are shown.
  const mine = `harmonia-study:${data.study}`;
  let voter = "", order = [], votes = [], stored = true;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      stored = false;
      return null;
    }
  };
  const store = () => {
    try {
      localStorage.setItem(mine, voter);
      localStorage.setItem(`${mine}:${voter}`, JSON.stringify(votes));
      stored = true;
    } catch {
      stored = false;
    }
  };
  const kept = (name) => {
    try {
      const found = JSON.parse(read(`${mine}:${name}`) ?? "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  };
  const NOT_STORED = "This browser keeps nothing for this page: save your votes before you close it.";

  // The three parts of the page.
  const part = (id) => {
    for (const one of ["welcome", "ballot", "end"]) find(one).hidden = one !== id;
  };
  const welcome = () => {
    part("welcome");
    const asked = new URLSearchParams(location.hash.slice(1)).get("voter");
    find("voter").value = asked ?? read(mine) ?? "";
    told();
  };
  const told = () => {
    const name = find("voter").value.trim();
    const count = (name ? data.blocks[blockOf(name)] : data.blocks[0]).length + data.checks.length;
    const done = name ? Math.min(kept(name).length, count) : 0;
    find("told").textContent = done ? `${done} of ${count} votes are cast.` : `${count} pairs are to be seen.`;
    find("start").textContent = done ? "Go on" : "Start";
  };
  find("voter").addEventListener("input", told);
  find("enter").addEventListener("submit", (event) => {
    event.preventDefault();
    voter = find("voter").value.trim() || `r${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    order = orderOf(voter);
    votes = kept(voter).slice(0, order.length);
    store();
    show();
  });

  // The pair that is looked at.
  let since = 0, ready = false;
  const current = () => order[votes.length];
  const arrange = () => {
    const item = current();
    if (find("ballot").hidden || !item) return;
    const { width, height } = item.sample;
    const room = find("stage").getBoundingClientRect();
    const gap = 24;
    const beside = Math.min((room.width - gap) / 2 / width, (room.height - SIDE) / height);
    const above = Math.min((room.width - gap) / width, ((room.height - gap) / 2 - SIDE) / height);
    const stacked = above > beside;
    const scale = Math.max(0.05, Math.min(LARGEST, stacked ? above : beside));
    find("stage").classList.toggle("stacked", stacked);
    find("stage").style.setProperty("--width", `${Math.floor(width * scale)}px`);
    find("stage").style.setProperty("--height", `${Math.floor(height * scale)}px`);
    const names = stacked ? ["Upper", "Lower"] : ["Left", "Right"];
    sides.forEach((side, place) => {
      side.setAttribute("aria-label", `${names[place]} picture`);
      const keys = stacked ? ["\u2191", "\u2193"] : ["\u2190", "\u2192"];
      const key = document.createElement("kbd");
      key.textContent = keys[place];
      side.querySelector(".side").replaceChildren(looking() ? "Composite" : names[place], " ", ...(looking() ? [] : [key]));
    });
  };
  const looking = () => find("composite").getAttribute("aria-pressed") === "true";
  const outlined = () => find("outline").getAttribute("aria-pressed") === "true";
  const paint = () => {
    const item = current();
    find("stage").classList.toggle("closed", looking());
    find("stage").classList.toggle("outlined", looking() || outlined());
    sides.forEach((side, place) => {
      side.querySelector(".picture").src = looking() ? item.sample.composite : item.shown[place].picture;
      side.querySelector(".outline").src = item.sample.outline;
    });
    find("said").textContent = stored ? "" : NOT_STORED;
    arrange();
  };
  const press = (id, on) => find(id).setAttribute("aria-pressed", on);
  const show = () => {
    if (votes.length >= order.length) return end();
    part("ballot");
    press("composite", false);
    find("count").textContent = `${votes.length + 1} of ${order.length}`;
    find("progress").value = votes.length / order.length;
    find("undo").disabled = votes.length === 0;
    find("composite").hidden = !current().sample.composite;
    find("tie").hidden = !data.ties;
    ready = false;
    paint();
    const place = votes.length;
    const begin = () => {
      if (place !== votes.length) return;
      ready = true;
      since = performance.now();
      for (const one of order[place + 1]?.shown ?? []) new Image().src = one.picture;
    };
    Promise.allSettled(sides.map((side) => side.querySelector(".picture").decode())).then((outcomes) => {
      begin();
      if (outcomes.some((one) => one.status === "rejected")) find("said").textContent = "A picture cannot be shown: are the pictures still beside this page?";
    });
  };
  const vote = (side) => {
    if (!ready) return;
    if (looking()) {
      toggle("composite");
      return;
    }
    ready = false;
    votes.push([side, Math.round(performance.now() - since), new Date().toISOString()]);
    store();
    show();
  };
  const undo = () => {
    if (!votes.length) return;
    votes.pop();
    store();
    show();
  };
  const toggle = (id) => {
    if (find(id).hidden) return;
    press(id, find(id).getAttribute("aria-pressed") !== "true");
    paint();
  };
  sides.forEach((side, place) => side.addEventListener("click", () => {
    side.blur();
    vote(place);
  }));
  find("tie").addEventListener("click", () => vote(TIE));
  find("undo").addEventListener("click", undo);
  find("outline").addEventListener("click", () => toggle("outline"));
  find("composite").addEventListener("click", () => toggle("composite"));
  find("pause").addEventListener("click", () => end());
  addEventListener("resize", arrange);

  // What there is to save.
  const cell = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
  const toCsv = () => {
    const lines = votes.map(([side, milliseconds, time], place) => {
      const { sample, shown } = order[place];
      const [left, right] = shown.map((one) => one.code);
      const winner = side === TIE ? "tie" : [left, right][side];
      return [data.study, voter, sample.name, left, right, winner, milliseconds, time].map(cell).join(",");
    });
    return `${["study,voter,sample,left,right,winner,milliseconds,time", ...lines].join("\r\n")}\r\n`;
  };
  const end = () => {
    part("end");
    const left = order.length - votes.length;
    find("outcome").textContent = left ? "Paused" : "Thank you";
    find("kept").textContent = left
      ? `${votes.length} of ${order.length} votes are cast. This page goes on from here when you open it again in this browser.`
      : `All ${order.length} votes are cast. Save them, and send the file to the one who invited you.`;
    find("back").textContent = left ? "Go on" : "Undo the last vote";
    find("export").disabled = votes.length === 0;
    find("warning").textContent = stored ? "" : NOT_STORED;
    find(left ? "back" : "export").focus();
  };
  find("back").addEventListener("click", () => (votes.length < order.length ? show() : undo()));
  find("other").addEventListener("click", () => {
    find("agree").checked = false;
    welcome();
    find("voter").value = "";
    told();
  });
  find("export").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([toCsv()], { type: "text/csv" }));
    link.download = `votes-${data.study.slice(0, 6)}-${voter.replace(/[^\w-]+/g, "_")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });

  const keys = {
    arrowleft: () => vote(LEFT),
    arrowup: () => vote(LEFT),
    1: () => vote(LEFT),
    arrowright: () => vote(RIGHT),
    arrowdown: () => vote(RIGHT),
    2: () => vote(RIGHT),
    0: () => data.ties && vote(TIE),
    u: undo,
    backspace: undo,
    m: () => toggle("outline"),
    c: () => toggle("composite"),
  };
  document.addEventListener("keydown", (event) => {
    if (find("ballot").hidden || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });

  welcome();
})();
