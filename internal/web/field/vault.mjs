// SPDX-License-Identifier: Apache-2.0
// Where the app keeps things on the phone: IndexedDB, with everything that was put down or
// read sealed by AES-GCM.
//
// The key of all that is made by chance when the app is set up. It is wrapped twice: by a
// key made of the PIN (PBKDF2, ROUNDS rounds of SHA-256), and around that by a key that
// this browser will use and never show. When the PIN was entered it is in memory as a key
// that cannot be taken out. docs/field.md says against whom this helps, and against whom
// it does not.
//
// In the open stand only: which account the phone is of, its name, the secret by which the
// town tells it that it is lost, and of each envelope its hash and whether it was sent: the
// number of what is unsent can be seen without the PIN.

const NAME = "yuanba-field";
const ROUNDS = 600_000;
export const LEAST_PIN = 6;
const subtle = () => crypto.subtle;

const wait = (r) =>
  new Promise((done, fail) => {
    r.onsuccess = () => done(r.result);
    r.onerror = () => fail(r.error);
  });

const through = (tx) =>
  new Promise((done, fail) => {
    tx.oncomplete = () => done();
    tx.onabort = () => fail(tx.error ?? new Error("aborted"));
    tx.onerror = () => fail(tx.error);
  });

// opened opens the database, and makes it if there is none.
export async function opened() {
  const r = indexedDB.open(NAME, 1);
  r.onupgradeneeded = () => {
    r.result.createObjectStore("meta");
    r.result.createObjectStore("envelopes", { keyPath: "id" });
    r.result.createObjectStore("files", { keyPath: "hash" });
  };
  const db = await wait(r);
  db.onversionchange = () => db.close();
  return db;
}

// strict has a change on the disk before it is done.
const change = (db, stores) => db.transaction(stores, "readwrite", { durability: "strict" });

export const meta = (db, key) => wait(db.transaction("meta").objectStore("meta").get(key));

export async function setMeta(db, key, value) {
  const tx = change(db, "meta");
  tx.objectStore("meta").put(value, key);
  await through(tx);
}

// unsent is how many envelopes the town has not acknowledged; it takes no PIN.
export async function unsent(db) {
  const all = await wait(db.transaction("envelopes").objectStore("envelopes").getAll());
  return all.filter((e) => e.state !== "sent").length;
}

// empty forgets everything that was put down, and the keys, and keeps what is given.
export async function empty(db, left) {
  const tx = change(db, ["meta", "envelopes", "files"]);
  for (const s of ["meta", "envelopes", "files"]) tx.objectStore(s).clear();
  if (left) tx.objectStore("meta").put(left, "phone");
  await through(tx);
}

async function pinKey(pin, salt, rounds) {
  const raw = await subtle().importKey("raw", new TextEncoder().encode(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  return subtle().deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, raw, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

const some = (n) => crypto.getRandomValues(new Uint8Array(n));

// create sets the phone up: a new key under the PIN. What was there is gone.
export async function create(db, pin, phone) {
  const salt = some(16), inner = some(12), outer = some(12);
  const key = await subtle().generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const device = await subtle().generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const once = await subtle().wrapKey("raw", key, await pinKey(pin, salt, ROUNDS), { name: "AES-GCM", iv: inner });
  const wrapped = await subtle().encrypt({ name: "AES-GCM", iv: outer }, device, once);
  await empty(db, { ...phone, salt, inner, outer, rounds: ROUNDS, device, wrapped, tries: 0, until: 0 });
  return unlock(db, pin);
}

// Wrong is thrown for a PIN that is not the one; until says when the next try may be.
export class Wrong extends Error {
  constructor(until) {
    super("wrong PIN");
    this.until = until;
  }
}

// unlock opens the vault. After five wrong PINs each further one has to wait longer.
export async function unlock(db, pin) {
  const p = await meta(db, "phone");
  if (p.until > Date.now() && p.until < Date.now() + 3_600_000) throw new Wrong(p.until);
  let key;
  try {
    const once = await subtle().decrypt({ name: "AES-GCM", iv: p.outer }, p.device, p.wrapped);
    key = await subtle().unwrapKey("raw", once, await pinKey(pin, p.salt, p.rounds), { name: "AES-GCM", iv: p.inner }, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]);
  } catch {
    const tries = p.tries + 1;
    const until = tries < 5 ? 0 : Date.now() + Math.min(1_800_000, 15_000 * 2 ** (tries - 5));
    await setMeta(db, "phone", { ...p, tries, until });
    throw new Wrong(until);
  }
  if (p.tries) await setMeta(db, "phone", { ...p, tries: 0, until: 0 });
  return new Vault(db, key);
}

// A Vault is the store that the core sends from (core.mjs), and keeps the day.
export class Vault {
  constructor(db, key) {
    Object.assign(this, { db, key });
  }

  async seal(bound, bytes) {
    const iv = some(12);
    return { iv, data: await subtle().encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(bound) }, this.key, bytes) };
  }

  async unseal(bound, s) {
    return new Uint8Array(await subtle().decrypt({ name: "AES-GCM", iv: s.iv, additionalData: new TextEncoder().encode(bound) }, this.key, s.data));
  }

  async sealed(e) {
    return { id: e.id, state: e.state, made: e.made, body: await this.seal("envelope " + e.id, new TextEncoder().encode(JSON.stringify(e))) };
  }

  async save(envelope, files) {
    const rows = [];
    for (const f of files) rows.push({ hash: f.hash, body: await this.seal("file " + f.hash, f.bytes) });
    const row = await this.sealed(envelope);
    const tx = change(this.db, ["envelopes", "files"]);
    for (const r of rows) tx.objectStore("files").put(r);
    tx.objectStore("envelopes").put(row);
    await through(tx);
  }

  async list() {
    const rows = await wait(this.db.transaction("envelopes").objectStore("envelopes").getAll());
    const all = [];
    for (const r of rows) all.push({ ...JSON.parse(new TextDecoder().decode(await this.unseal("envelope " + r.id, r.body))), state: r.state });
    return all.sort((a, b) => a.made - b.made || (a.id < b.id ? -1 : 1));
  }

  async update(e) {
    const row = await this.sealed(e);
    const tx = change(this.db, "envelopes");
    const s = tx.objectStore("envelopes");
    const was = s.getKey(e.id);
    was.onsuccess = () => was.result !== undefined && s.put(row); // what was dropped meanwhile stays so
    await through(tx);
  }

  async file(h) {
    const r = await wait(this.db.transaction("files").objectStore("files").get(h));
    return r ? this.unseal("file " + h, r.body) : null;
  }

  async drop(id) {
    const all = await this.list();
    const gone = all.find((e) => e.id === id);
    if (!gone) return;
    const still = new Set(all.filter((e) => e.id !== id).flatMap((e) => e.files.map((f) => f.hash)));
    const tx = change(this.db, ["envelopes", "files"]);
    tx.objectStore("envelopes").delete(id);
    for (const f of gone.files) if (!still.has(f.hash)) tx.objectStore("files").delete(f.hash);
    await through(tx);
  }

  // draft is what has been typed and not kept yet, with its files: a telephone may close
  // the browser while the camera is open.
  async draft() {
    const s = await meta(this.db, "draft");
    if (!s) return null;
    const d = JSON.parse(new TextDecoder().decode(await this.unseal("draft", s.head)));
    d.files = [];
    for (const [i, f] of s.files.entries()) d.files.push({ type: d.types[i], bytes: await this.unseal("draft " + i, f) });
    return d;
  }

  async setDraft(d) {
    if (!d) return setMeta(this.db, "draft", null);
    const files = [];
    for (const [i, f] of d.files.entries()) files.push(await this.seal("draft " + i, f.bytes));
    const head = new TextEncoder().encode(JSON.stringify({ hash: d.hash, values: d.values, types: d.files.map((f) => f.type) }));
    await setMeta(this.db, "draft", { head: await this.seal("draft", head), files });
  }

  async day() {
    const s = await meta(this.db, "day");
    return s ? JSON.parse(new TextDecoder().decode(await this.unseal("day", s))) : null;
  }

  async setDay(day) {
    await setMeta(this.db, "day", await this.seal("day", new TextEncoder().encode(JSON.stringify(day))));
  }
}
