// SPDX-License-Identifier: Apache-2.0
// What sends what was put down: the queue, the pieces, the patience. It knows no page and
// no database, so that the tests can run it a thousand times with everything around it
// going wrong (internal/app/field_chaos_test.go).
//
// Two promises hold it together. What save has returned for is in the store, whatever
// happens next; and it is taken out of the store only when the town has said that it has
// it, and has kept it for as long as the town wants to be able to ask for it again.
//
// A store has, all of them async and each all or nothing:
//   save(envelope, files)   envelope {id, text, files, made, state, at}, files [{hash, bytes, type}]
//   list()                  every envelope, the oldest first
//   update(envelope)        writes state, why, record, at of one that is there
//   file(hash)              the bytes of a file, null if there is none
//   drop(id)                takes an envelope out, and the files that no other one names
// A net has ask(method, path, {headers, body}) → {status, header(name), json()}; it throws
// when the line breaks.

const MOST = 20; // envelopes in one request
const HAVE = 500; // that one call asks about
const LEAST = 16 * 1024;
const LARGEST = 512 * 1024;

// canonical writes a value the same way always: the keys of objects in order.
export function canonical(v) {
  if (Array.isArray(v)) return "[" + v.map(canonical).join(",") + "]";
  if (v && typeof v === "object") {
    return "{" + Object.keys(v).filter((k) => v[k] !== undefined).sort().map((k) => JSON.stringify(k) + ":" + canonical(v[k])).join(",") + "}";
  }
  return JSON.stringify(v);
}

// hash is the SHA-256 of text or bytes, in hexadecimal.
export async function hash(data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
}

// Why a call ended.
export const DONE = "done"; // nothing is left to send
export const LEFT = "left"; // something waits for the person: it was refused
export const LINE = "line"; // the line broke, or the town is busy: try again later
export const SIGNIN = "signin"; // the person has to sign in
export const UNKNOWN = "unknown"; // the town does not know this phone: register again
export const OTHER = "other"; // somebody else is signed in
export const LOST = "lost"; // forget everything

class Ended extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

export class Core {
  constructor({ store, net, token, now = Date.now, random = Math.random, nonce = () => crypto.randomUUID(), piece = 64 * 1024, least = LEAST, heard = () => {} }) {
    Object.assign(this, { store, net, token, now, random, nonce, piece, least, heard });
  }

  // save puts something down. When it returns, it is in the store.
  async save(kind, body, files = []) {
    const named = [];
    for (const f of files) named.push({ ...f, hash: await hash(f.bytes) });
    const made = this.now();
    const text = canonical({ v: 1, kind, body, made, nonce: this.nonce(), files: named.map((f) => f.hash) });
    const envelope = { id: await hash(text), text, kind, made, state: "queued", files: named.map((f) => ({ hash: f.hash, size: f.bytes.byteLength ?? f.bytes.length })) };
    await this.store.save(envelope, named);
    return envelope.id;
  }

  // unsent are the envelopes that the town has not acknowledged.
  async unsent() {
    return (await this.store.list()).filter((e) => e.state !== "sent");
  }

  // call is one conversation with the town: it says why it ended.
  async call() {
    this.waited = new Map(); // how often an envelope was told to wait for its files
    try {
      await this.greet();
      for (;;) {
        const queue = (await this.store.list()).filter((e) => e.state === "queued").slice(0, MOST);
        if (!queue.length) break;
        for (const e of queue) for (const f of e.files) await this.sendFile(e, f);
        await this.post(queue);
      }
      const left = (await this.unsent()).length;
      if (left !== this.waits) await this.say("/field/call", { now: this.now(), waits: left, have: [] }); // whoever reports this phone lost sees what would be
      return left ? LEFT : DONE;
    } catch (e) {
      if (e instanceof Ended) return e.why;
      throw e;
    }
  }

  // ask asks the town; what cannot be gone on with ends the call.
  async ask(method, path, body, headers = {}) {
    let r;
    try {
      r = await this.net.ask(method, path, { headers: { "Yuanba-Phone": this.token, ...headers }, body });
    } catch (e) {
      if (e instanceof Ended || e.fatal) throw e;
      throw new Ended(LINE);
    }
    if (r.status === 401) throw new Ended(SIGNIN);
    if (r.status >= 500 || r.status === 429 || r.status === 408) throw new Ended(LINE);
    return r;
  }

  async say(path, what) {
    const r = await this.ask("POST", path, JSON.stringify(what), { "Content-Type": "application/json" });
    if (r.status === 404) throw new Ended(UNKNOWN);
    if (r.status === 403) throw new Ended(OTHER);
    if (r.status !== 200) throw new Ended(LINE);
    try {
      return await r.json();
    } catch {
      throw new Ended(LINE); // it broke off in the middle
    }
  }

  // greet asks which of what was acknowledged the town still has, sends again what it has
  // not, and lets go of what has been kept for long enough, by the clock of the town.
  async greet() {
    const all = await this.store.list();
    const kept = all.filter((e) => e.state === "sent");
    const waits = (this.waits = all.length - kept.length);
    for (let i = 0; i === 0 || i < kept.length; i += HAVE) {
      const have = kept.slice(i, i + HAVE);
      const a = await this.say("/field/call", { now: this.now(), waits, have: have.map((e) => e.id) });
      if (a.state === "lost") throw new Ended(LOST);
      if (a.state !== "in_use") throw new Ended(UNKNOWN);
      this.heard(a);
      const missing = new Set(a.missing);
      for (const e of have) {
        if (missing.has(e.id)) await this.store.update({ ...e, state: "queued" });
        else if (a.now - e.at > a.keep) await this.store.drop(e.id);
      }
    }
  }

  // sendFile sends what the town does not have of a file. One that it will never take is
  // said to the person, and does not hold up the others.
  async sendFile(e, f) {
    if (e.state !== "queued") return;
    const path = "/field/files/" + f.hash;
    const length = { "Upload-Length": String(f.size) };
    let r = await this.ask("HEAD", path, undefined, length);
    if (r.status >= 400) return this.refuse(e, await this.ask("GET", path, undefined, length)); // which says why
    let at = Number(r.header("Upload-Offset"));
    if (r.header("Upload-Complete") === "?1") return;
    const bytes = await this.store.file(f.hash);
    if (!bytes) throw new Error("the bytes of " + f.hash + " are gone");
    for (let begun = 0; ; ) {
      const piece = bytes.subarray(at, at + this.piece);
      const last = at + piece.length >= f.size;
      try {
        r = await this.ask("PATCH", path, piece, { ...length, "Content-Type": "application/partial-upload", "Upload-Offset": String(at), "Upload-Complete": last ? "?1" : "?0" });
      } catch (x) {
        this.piece = Math.max(this.least, this.piece >> 1); // a bad line: smaller pieces
        throw x;
      }
      if (r.status >= 400 && r.status !== 409) return this.refuse(e, r);
      const next = Number(r.header("Upload-Offset"));
      if (r.status < 400) this.piece = Math.min(LARGEST, this.piece << 1);
      if (r.header("Upload-Complete") === "?1") return;
      if (next === 0 && ++begun > 3) throw new Ended(LINE); // other bytes arrive than were sent
      at = next;
    }
  }

  async refuse(e, r) {
    if (r.status === 403) throw new Ended(OTHER);
    let why;
    try {
      why = (await r.json()).error;
    } catch {
      throw new Ended(LINE); // it broke off in the middle
    }
    e.state = "refused";
    await this.store.update({ ...e, state: "refused", why });
  }

  async post(queue) {
    const send = queue.filter((e) => e.state === "queued");
    if (!send.length) return;
    const a = await this.say("/field/envelopes", { now: this.now(), envelopes: send.map((e) => ({ id: e.id, text: e.text })) });
    const by = new Map(send.map((e) => [e.id, e]));
    let moved = false;
    for (const x of a.answers) {
      const e = by.get(x.id);
      if (!e) continue;
      if (x.is === "accepted" || x.is === "there" || x.is === "conflict") {
        await this.store.update({ ...e, state: "sent", at: a.now, record: x.record, conflict: x.is === "conflict", why: undefined });
        moved = true;
      } else if (x.is === "refused") {
        await this.store.update({ ...e, state: "refused", why: x.why });
        moved = true;
      } else if (x.is === "waits") {
        moved = true; // its files are asked for again
        const times = (this.waited.get(x.id) ?? 0) + 1;
        this.waited.set(x.id, times);
        if (times > 3) throw new Ended(LINE);
      }
    }
    if (!moved) throw new Ended(LINE); // all of them are for later
  }

  // pause is how long to wait after so many calls in succession came to nothing: longer
  // and longer, up to five minutes, and not all phones at the same moment.
  pause(tries) {
    return Math.min(300_000, 2000 * 2 ** Math.min(tries, 10)) * (0.5 + this.random() / 2);
  }
}
