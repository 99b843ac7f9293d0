// SPDX-License-Identifier: Apache-2.0
// The app of the field: what a grid worker sees. What is put down goes into the vault
// first (vault.mjs) and is sent when there is a line (core.mjs).
import { Core, DONE, LEFT, LINE, SIGNIN, UNKNOWN, OTHER, LOST } from "./core.mjs";
import { opened, meta, setMeta, unsent, empty, create, unlock, Wrong, LEAST_PIN } from "./vault.mjs";
import { speak, t, h, button, note, label, files, here } from "./parts.mjs";

let root, db, phone, vault, core, day, queue = [];
let draft = null, drafting = 0, filling = null; // what is typed and not kept, and when it is put away
let talking = false, told = "", tries = 0, timer = 0, shown = "", hiddenAt = 0;

function page(...inside) {
  root.replaceChildren(...inside.flat().filter(Boolean));
}

// A net for the core: the browser's own, with patience for a minute.
const net = {
  async ask(method, path, { headers, body }) {
    const r = await fetch(path, { method, headers, body, credentials: "same-origin", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(60_000) });
    if (r.type === "opaqueredirect") throw new Error("led elsewhere"); // a gate of some foreign network
    return { status: r.status, header: (n) => r.headers.get(n), json: () => r.json() };
  },
};

const ask = (path, what) => net.ask(what ? "POST" : "GET", path, { headers: { "Content-Type": "application/json", ...(phone?.token ? { "Yuanba-Phone": phone.token } : {}) }, body: what ? JSON.stringify(what) : undefined });

// ---- begin

export async function show(at) {
  root = at;
  speak(JSON.parse(root.dataset.words));
  root.dataset.ready = "1";
  db = await opened();
  phone = await meta(db, "phone");
  if (phone?.wiping) return forgotten();
  if (!phone?.wrapped) return setUp();
  await locked();
  checkLost();
}

// checkLost asks, without the PIN, whether this phone was said to be lost.
async function checkLost() {
  try {
    const r = await ask("/field/call", { now: Date.now(), waits: await unsent(db), have: [] });
    if (r.status === 200 && (await r.json()).state === "lost") await forgetAll();
  } catch {
    // no line: it is asked again when there is one
  }
}

// forgetAll is what a lost phone does: everything goes, and the town is told so.
async function forgetAll() {
  clearTimeout(timer);
  vault = core = day = undefined;
  queue = [];
  const token = phone.token;
  phone = { wiping: true, token };
  await empty(db, phone);
  await forgotten();
}

async function forgotten() {
  page(h("h1", {}, t("lost")), h("p", {}, t("leave.done")));
  try {
    const r = await ask("/field/forgot", {});
    if (r.status < 500 && r.status !== 408 && r.status !== 429) await empty(db);
  } catch {
    timer = setTimeout(forgotten, 30_000);
  }
}

// ---- setting up

async function setUp(why) {
  let r;
  try {
    r = await ask("/field/today.json");
  } catch {
    return page(h("h1", {}, t("register")), note("soon", t("offline")), button(t("again"), () => setUp()));
  }
  if (r.status === 401) {
    return page(h("h1", {}, t("register")), h("p", {}, t("signin.lead")), h("div", { class: "acts" }, h("a", { class: "button main", href: "/signin?next=/field" }, t("signin"))));
  }
  if (r.status !== 200) return page(h("h1", {}, t("register")), note("late", (await r.json().catch(() => ({}))).error ?? t("line")), button(t("again"), () => setUp()));
  const today = await r.json();
  const name = h("input", { id: "name", type: "text", maxlength: 40, value: guess(), autocomplete: "off", required: true });
  const pin = h("input", { id: "pin", type: "password", inputmode: "numeric", minlength: LEAST_PIN, autocomplete: "new-password", required: true, "aria-describedby": "pin-help" });
  const twice = h("input", { id: "twice", type: "password", inputmode: "numeric", autocomplete: "new-password", required: true });
  const fault = h("div", { "aria-live": "polite" }, why ? note("late", why) : null);
  const form = h("form", { class: "sheet", submit: async (e) => {
    e.preventDefault();
    const wrong = pin.value.length < LEAST_PIN ? t("pin.short", LEAST_PIN) : pin.value !== twice.value ? t("pin.differ") : "";
    if (wrong) return fault.replaceChildren(note("late", wrong));
    form.querySelector("button").setAttribute("aria-busy", "true");
    try {
      const r = await ask("/field/register", { name: name.value });
      const a = await r.json();
      if (r.status !== 200) return fault.replaceChildren(note("late", a.error));
      vault = await create(db, pin.value, { token: a.token, account: a.account, name: a.name, person: today.name });
      await vault.setDay({ ...today, at: Date.now() });
      navigator.storage?.persist?.();
      await begin();
    } catch (x) {
      fault.replaceChildren(note("late", t("line")));
    } finally {
      form.querySelector("button")?.removeAttribute("aria-busy");
    }
  } }, h("p", {}, t("pin.lead", today.name)), fault, label("name", t("name"), name, t("name.lead")), label("pin", t("pin.new"), pin, t("pin.what")), label("twice", t("pin.again"), twice), h("div", { class: "acts" }, h("button", { class: "button main" }, t("pin.set"))));
  page(h("h1", {}, t("register")), form);
}

function guess() {
  const ua = navigator.userAgent;
  for (const w of ["HarmonyOS", "iPhone", "iPad", "Android"]) if (ua.includes(w)) return w;
  return t("register");
}

async function locked(why) {
  vault = core = day = undefined;
  const n = await unsent(db);
  const pin = h("input", { id: "pin", type: "password", inputmode: "numeric", autocomplete: "current-password", required: true });
  const fault = h("div", { "aria-live": "polite" }, why ? note("late", why) : null);
  const form = h("form", { class: "sheet", submit: async (e) => {
    e.preventDefault();
    try {
      vault = await unlock(db, pin.value);
    } catch (x) {
      pin.value = "";
      if (!(x instanceof Wrong)) throw x;
      const s = Math.ceil((x.until - Date.now()) / 1000);
      return fault.replaceChildren(note("late", s > 0 ? t("pin.wait", s) : t("pin.wrong")));
    }
    await begin();
  } }, fault, label("pin", t("pin.enter"), pin), h("div", { class: "acts" }, h("button", { class: "button main" }, t("pin.open"))));
  page(h("h1", {}, phone.person), h("p", { class: "lead" }, n ? t("unsent", n) : t("unsent.none")), form);
  pin.focus();
}

// ---- at work

async function begin() {
  phone = await meta(db, "phone");
  core = new Core({ store: vault, net, token: phone.token });
  day = await vault.day();
  draft = await vault.draft();
  await reload();
  location.hash = draft?.hash ?? "";
  draw();
  talk(true);
}

async function reload() {
  if (vault) queue = await vault.list();
}

addEventListener("hashchange", () => vault && draw());
addEventListener("online", () => vault ? talk(true) : phone?.wrapped && checkLost());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    hiddenAt = Date.now();
    if (filling?.[0].dataset.dirty) dirty(...filling, true);
  }
  else if (vault && hiddenAt && Date.now() - hiddenAt > 10 * 60_000) locked();
  else if (vault) talk(true);
});

const waiting = () => queue.filter((e) => e.state !== "sent").length;

// talk is one call with the town, and when the next one is. Only one runs at a time, in
// all windows of this phone.
async function talk(now) {
  clearTimeout(timer);
  if (!core || talking) return;
  const one = core;
  talking = true;
  status();
  let why = LINE;
  const go = async () => {
    why = await one.call();
    if (why === DONE || why === LEFT) await news();
  };
  try {
    await (navigator.locks ? navigator.locks.request("field", go) : go());
  } catch (e) {
    console.warn(e);
  }
  talking = false;
  if (core !== one) return; // locked or signed out meanwhile
  if (why === LOST) return forgetAll();
  if (why === UNKNOWN) return again();
  await reload();
  told = why;
  tries = why === LINE ? tries + 1 : 0;
  timer = setTimeout(() => talk(), why === LINE ? one.pause(tries) : 5 * 60_000);
  if (shown === "home" || shown === "queue") draw();
  else status();
}

// again registers the phone once more: the town was put back from before it was known.
async function again() {
  try {
    const r = await ask("/field/register", { name: phone.name });
    if (r.status === 200) {
      const a = await r.json();
      if (a.account !== phone.account) {
        told = OTHER;
        return status();
      }
      phone = { ...(await meta(db, "phone")), token: a.token };
      await setMeta(db, "phone", phone);
      core = new Core({ store: vault, net, token: phone.token });
      return talk(true);
    }
    told = r.status === 401 ? SIGNIN : LINE;
  } catch {
    told = LINE;
  }
  timer = setTimeout(() => talk(), core.pause(++tries));
  draw();
}

// news is the day's newest.
async function news() {
  const at = day?.at ?? 0;
  if (Date.now() - at < 2 * 3600_000 && new Date(at).toDateString() === new Date().toDateString()) return; // each look at a home is written down
  const r = await ask("/field/today.json");
  if (r.status !== 200) return;
  const today = await r.json();
  if (today.account !== phone.account) return;
  day = { ...today, at: Date.now() };
  await vault.setDay(day);
}

function lineWords() {
  if (talking) return t("sending");
  return { [DONE]: t("online"), [LEFT]: t("left"), [SIGNIN]: t("signin.lead"), [OTHER]: t("other.person", phone.person), [LINE]: navigator.onLine ? t("line") : t("offline") }[told] ?? t("offline");
}

function status() {
  const line = root.querySelector(".line");
  if (line) line.textContent = lineWords();
}

// ---- what is typed and not kept yet

const typed = (form) => [...form.querySelectorAll("input:not([type=file]), textarea, select")];
const keyOf = (e) => (e.name || e.id) + (e.type === "radio" ? " " + e.value : "");

// dirty has what is typed put away in a moment; now, when the page may be closed.
function dirty(form, got, now) {
  form.dataset.dirty = "1";
  clearTimeout(drafting);
  const put = async () => {
    if (!vault || !form.dataset.dirty || !form.isConnected) return;
    const values = Object.fromEntries(typed(form).map((e) => [keyOf(e), /radio|checkbox/.test(e.type) ? e.checked : e.value]));
    draft = { hash: location.hash, values, files: got.map((f) => ({ type: f.type, bytes: f.bytes })) };
    await vault.setDraft(draft);
  };
  if (now) put();
  else drafting = setTimeout(put, 400);
}

// restore puts back what was typed in this form before the app was closed or locked.
function restore(form, fs) {
  filling = [form, fs.got];
  if (!draft || draft.hash !== location.hash) return;
  for (const e of typed(form)) {
    const v = draft.values[keyOf(e)];
    if (v === undefined) continue;
    if (/radio|checkbox/.test(e.type)) e.checked = v;
    else e.value = v;
  }
  for (const f of draft.files) fs.put(f);
  form.dataset.dirty = "1";
}

async function kept() {
  clearTimeout(drafting);
  draft = null;
  await vault?.setDraft(null);
}

// ---- pages

function bar() {
  return h("div", { class: "field-bar" }, h("span", { class: "who" }, phone.person), h("span", { class: "line", role: "status" }, lineWords()), shown === "home" ? null : h("a", { class: "button small", href: "#" }, t("cancel")));
}

function draw() {
  if (!vault) return;
  const [name, ...rest] = location.hash.slice(1).split("/");
  const f = { raise, queue: queuePage, stop, leave }[name] ?? home;
  shown = f === home ? "home" : name;
  f(...rest.map(decodeURIComponent));
  scrollTo(0, 0);
}

function home() {
  const n = waiting(), kept = queue.length - n;
  const rounds = (day?.rounds ?? []).map((r) => h("section", {}, h("h2", {}, r.title), h("p", { class: "help" }, r.window),
    h("ul", { class: "rows" }, r.stops.map((s) => h("li", { class: "row" }, h("div", { class: "row-body" }, h("a", { class: "row-link", href: "#stop/" + encodeURIComponent(r.id) + "/" + encodeURIComponent(s.id) }, s.title), h("p", { class: "row-meta" }, h("span", {}, s.where), ...s.duties.map((d) => h("span", {}, d.name)))),
      done(s) ? h("div", { class: "row-side" }, h("span", { class: "pill t-done" }, t("done"))) : null)))));
  page(bar(), h("h1", {}, t("today")),
    h("p", { class: "field-count " + (n ? "some" : "none"), "data-unsent": n }, n ? h("strong", {}, String(n)) : null, n ? t("unsent.words") : t("unsent.none")),
    kept ? h("p", { class: "help" }, t("sent.kept", kept)) : null,
    told === SIGNIN ? h("p", {}, h("a", { class: "button", href: "/signin?next=/field" }, t("signin"))) : null,
    h("div", { class: "acts" }, h("a", { class: "button main", href: "#raise" }, t("raise")), button(t("send"), () => { tries = 0; talk(true); }), queue.length ? h("a", { class: "button", href: "#queue" }, t("queue")) : null),
    day && Date.now() - day.at > 20 * 3600_000 ? note("soon", t("today.old", new Date(day.at).toLocaleString(document.documentElement.lang))) : null,
    rounds.length ? rounds : h("p", {}, t("today.none")),
    h("div", { class: "acts" }, button(t("lock"), () => locked()), h("a", { class: "button", href: "#leave" }, t("leave"))));
}

// done reports whether something was put down for a stop since the day was read, or before.
const done = (s) => s.done || queue.some((e) => JSON.parse(e.text).body.stop === s.id && e.made > (day?.at ?? 0) - 12 * 3600_000);

// keep puts a form's content down, and says so.
async function keep(form, kind, body, fs) {
  const b = form.querySelector("button:not([type=button])");
  b.setAttribute("aria-busy", "true");
  try {
    await core.save(kind, body, fs);
  } catch (e) {
    b.removeAttribute("aria-busy");
    form.prepend(note("late", e.name === "QuotaExceededError" ? t("storage") : t("broken")));
    return;
  }
  delete form.dataset.dirty;
  await kept();
  await reload();
  location.hash = "";
  draw();
  root.querySelector(".field-bar").after(note("done", t("saved")));
  tries = 0;
  talk(true);
}

function raise() {
  const what = h("textarea", { id: "what", rows: 4, required: true, maxlength: 5000 });
  const place = h("select", { id: "place" }, (day?.places ?? []).map((p) => h("option", { value: p.id }, p.name)));
  const where = h("input", { id: "where", type: "text", maxlength: 200 });
  const open = h("input", { id: "public", type: "checkbox", checked: true });
  const at = here();
  const form = h("form", { class: "sheet", input: () => dirty(form, fs.got), submit: (e) => {
    e.preventDefault();
    keep(form, "raise", { body: what.value.trim(), place: place.value, place_words: where.value.trim(), public: open.checked, ...(at.at ?? {}) }, fs.got);
  } });
  const fs = files(() => form, dirty);
  form.append(label("what", t("what"), what), label("place", t("place"), place), label("where", t("words"), where), at.part, ...fs.parts, h("label", { class: "option" }, open, h("span", { class: "option-text" }, t("public"))), h("div", { class: "acts" }, h("button", { class: "button main" }, t("save"))));
  page(bar(), h("h1", {}, t("raise")), h("p", { class: "lead" }, t("raise.lead")), form);
  restore(form, fs);
}

// answer is one field of a duty.
function answer(id, f) {
  if (f.kind === "yes") return h("fieldset", { class: "field choices" }, h("legend", {}, f.label), h("div", { class: "options" }, [["yes", t("yes")], ["no", t("no")]].map(([v, s]) => h("label", { class: "option" }, h("input", { type: "radio", name: id, value: v, checked: f.value === v }), h("span", { class: "option-text" }, s)))));
  return label(id, f.label, h("input", { id, name: id, type: "text", inputmode: f.kind === "number" ? "decimal" : null, value: f.value ?? "", maxlength: 200 }));
}

function stop(round, id) {
  const s = day?.rounds.find((r) => r.id === round)?.stops.find((x) => x.id === id);
  if (!s) return home();
  const at = s.point ? here() : null;
  const said = h("textarea", { id: "said", rows: 2, maxlength: 500 });
  const found = h("textarea", { id: "found", rows: 3, maxlength: 3000 });
  const settled = h("textarea", { id: "settled", rows: 2, maxlength: 1000 });
  const code = s.point ? h("input", { id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", maxlength: 20 }) : null;
  const absent = s.point ? null : h("input", { id: "absent", type: "checkbox" });
  const need = needs(!s.point);
  const form = h("form", { class: "sheet", input: () => dirty(form, fs.got), submit: (e) => {
    e.preventDefault();
    const data = new FormData(form), did = [];
    for (const d of s.duties) {
      const a = {};
      for (const f of d.fields) if (data.get(d.id + " " + f.name)) a[f.name] = String(data.get(d.id + " " + f.name)).trim();
      did.push({ d: d.id, a });
    }
    const body = { stop: s.id, point: s.point ? s.id : undefined, visit: s.point ? undefined : s.id, did, words: said.value.trim(), code: code?.value.trim() || undefined, absent: absent?.checked || undefined, ...(at?.at ?? {}) };
    const wants = need.read();
    if (wants?.wrong) return need.say(wants.wrong);
    if (wants) body.need = wants;
    if (found.value.trim()) body.found = { words: found.value.trim(), settled: settled.value.trim() || undefined };
    keep(form, "entry", body, fs.got);
  } });
  const fs = files(() => form, dirty);
  form.append(...s.duties.map((d) => h("fieldset", { class: "field" }, h("legend", {}, d.name), d.fields.map((f) => answer(d.id + " " + f.name, f)))), ...[
    code ? label("code", t("code"), code, t("code.help")) : null, at?.part, absent ? h("label", { class: "option" }, absent, h("span", { class: "option-text" }, t("absent"))) : null,
    label("said", t("said"), said), ...fs.parts, label("found", t("found"), found, t("found.help")), label("settled", t("settled"), settled, t("settled.help")), need.part,
  ].filter(Boolean), h("div", { class: "acts" }, h("button", { class: "button main" }, t("save"))));
  const facts = (s.facts ?? []).length ? h("dl", { class: "facts" }, s.facts.map((f) => h("div", {}, h("dt", {}, f.label), h("dd", {}, f.value)))) : null;
  page(bar(), h("h1", {}, s.title), h("p", { class: "lead" }, s.where), facts, form, ...edits(s));
  restore(form, fs);
  need.part.open = need.filled();
}

// needs is that somebody has to be visited at home: it is asked for whole, since nobody
// can be asked back while there is no line.
function needs(home) {
  const line = (id, more) => h("input", { id: "need-" + id, type: "text", maxlength: 60, autocomplete: "off", ...more });
  const x = { name: line("name", { maxlength: 20 }), phone: line("phone", { type: "tel", maxlength: 20 }), whose: line("whose"), address: line("address", { maxlength: 100 }),
    item: h("select", { id: "need-item" }, h("option", { value: "" }, t("need.item.other")), (day?.items ?? []).map((i) => h("option", { value: i.value }, i.text))), words: h("textarea", { id: "need-words", rows: 3, maxlength: 1000 }) };
  const fault = h("div", { "aria-live": "polite" });
  const part = h("details", { class: "more" }, h("summary", {}, t("need")), h("p", { class: "help" }, t("need.lead")), fault, label("need-name", t("need.name"), x.name), label("need-phone", t("need.phone"), x.phone),
    label("need-whose", t("need.whose"), x.whose), label("need-address", t("need.address"), x.address), label("need-item", t("need.item"), x.item), label("need-words", t("need.words"), x.words));
  const filled = () => Object.values(x).some((e) => e.value.trim());
  return { part, filled,
    say([e, why]) { part.open = true; fault.replaceChildren(note("late", why)); e.focus(); },
    read() {
      if (!filled()) return null;
      if (!home && !x.name.value.trim()) return { wrong: [x.name, t("need.name.missing")] };
      if ([...x.words.value.trim()].length < 4) return { wrong: [x.words, t("need.words.missing")] };
      return Object.fromEntries(Object.entries(x).map(([k, e]) => [k, e.value.trim() || undefined]));
    } };
}

// edits let what is known of a record be put right: a change, not an entry.
function edits(s) {
  if (!s.edits?.length) return [];
  const form = h("form", { class: "sheet", input: () => { form.dataset.dirty = "1"; }, submit: (e) => {
    e.preventDefault();
    const data = new FormData(form), fields = {};
    for (const f of s.edits) {
      const now = String(data.get(f.name) ?? "").trim();
      if (now !== (f.value ?? "")) fields[f.name] = { was: f.value ?? "", now };
    }
    if (!Object.keys(fields).length) return form.prepend(note("soon", t("nothing")));
    keep(form, "change", { noun: s.noun, record: s.record, version: s.version, fields }, []);
  } }, s.edits.map((f) => answer(f.name, f)), h("div", { class: "acts" }, h("button", { class: "button" }, t("save"))));
  return [h("h2", {}, t("edit")), form];
}

function queuePage() {
  const name = (e) => {
    const b = JSON.parse(e.text).body;
    return (b.body ?? b.found?.words ?? b.need?.words ?? b.words ?? "").slice(0, 40) || t("kind." + e.kind);
  };
  const tone = { queued: "soon", refused: "late", sent: "done" };
  page(bar(), h("h1", {}, t("queue")), h("ul", { class: "rows" }, [...queue].reverse().map((e) => h("li", { class: "row", "data-state": e.state },
    h("div", { class: "row-body" }, h("span", { class: "row-title" }, name(e)), h("p", { class: "row-meta" }, h("span", {}, new Date(e.made).toLocaleString(document.documentElement.lang)), e.files.length ? h("span", {}, t("files", e.files.length)) : null),
      e.why ? h("p", { class: "fault" }, e.why) : null, e.conflict ? h("p", {}, h("a", { href: e.record }, t("queue.conflict"))) : null,
      e.state === "refused" ? h("div", { class: "acts" }, button(t("again"), async () => { await vault.update({ ...e, state: "queued", why: undefined }); await reload(); draw(); talk(true); }, "small"),
        e.files.length ? button(t("without"), () => without(e), "small") : null,
        button(t("drop"), async () => { if (!confirm(t("drop.sure"))) return; await vault.drop(e.id); await reload(); draw(); }, "small danger")) : null),
    h("div", { class: "row-side" }, h("span", { class: "pill t-" + tone[e.state] }, t("queue." + e.state)))))));
}

// without puts the same down again without its files, which the town does not take.
async function without(e) {
  const w = JSON.parse(e.text);
  await core.save(w.kind, w.body, []);
  await vault.drop(e.id);
  await reload();
  draw();
  talk(true);
}

function leave() {
  const n = waiting();
  page(bar(), h("h1", {}, t("leave")), n ? note("late", t("leave.loses", n)) : h("p", {}, t("leave.sure")),
    n ? h("ul", {}, queue.filter((e) => e.state !== "sent").map((e) => h("li", {}, (JSON.parse(e.text).body.body ?? t("kind." + e.kind)).slice(0, 40) + " · " + new Date(e.made).toLocaleString(document.documentElement.lang)))) : null,
    h("div", { class: "acts" }, n ? button(t("send"), () => { location.hash = ""; talk(true); }, "main") : null, button(t("leave"), async () => {
      if (n && !confirm(t("leave.loses", n))) return;
      clearTimeout(timer);
      try {
        await ask("/field/leave", {});
      } catch {
        if (!confirm(t("leave.net"))) return;
      }
      vault = core = undefined;
      await empty(db);
      page(h("h1", {}, t("leave.done")), h("p", {}, h("a", { href: "/" }, t("other"))));
    }, "danger")));
}
