// SPDX-License-Identifier: Apache-2.0
// Runs what sends (internal/web/field/core.mjs) against a real server while everything
// around it goes wrong, as a seed says: the line, the phone, the clock, the server and its
// disk. It reads the worlds from standard input, one JSON line, and writes one line for
// each: what was put down in it, byte for byte.
import { Core, DONE, SIGNIN, UNKNOWN, LINE } from "../../web/field/core.mjs";
import http from "node:http";
import { deflateSync } from "node:zlib";

// chance is a source of numbers in [0, 1) that a seed determines.
function chance(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

// send is one request as it is. With part it breaks off when so many bytes of the body are sent.
function send(base, method, path, headers, body, part) {
  return new Promise((done, fail) => {
    const bytes = body === undefined ? null : Buffer.from(body);
    const u = new URL(base);
    const r = http.request({ host: u.hostname, port: u.port, method, path, agent: part === undefined ? agent : false, headers: bytes ? { ...headers, "Content-Length": bytes.length } : headers }, (a) => {
      const got = [];
      a.on("data", (d) => got.push(d));
      a.on("error", fail);
      a.on("end", () => done({ status: a.statusCode, header: (n) => a.headers[n.toLowerCase()] ?? null, json: async () => JSON.parse(Buffer.concat(got).toString()), headers: a.headers }));
    });
    r.on("error", fail);
    if (part === undefined) return r.end(bytes ?? undefined);
    r.write(bytes.subarray(0, part), () => setTimeout(() => r.destroy(new Error("cut")), 1));
  });
}

class Died extends Error {
  fatal = true;
}

// A Disk is what of a phone outlasts its death. Each act happens or does not.
class Disk {
  envelopes = new Map();
  files = new Map();
}

class Store {
  constructor(disk, at) {
    Object.assign(this, { disk, at });
  }
  step(f) {
    if (this.at() < 0.012) throw new Died("before");
    const v = f();
    if (this.at() < 0.012) throw new Died("after");
    return v;
  }
  async save(e, files) {
    this.step(() => {
      for (const f of files) this.disk.files.set(f.hash, f.bytes);
      this.disk.envelopes.set(e.id, structuredClone(e));
    });
  }
  async list() {
    return this.step(() => [...this.disk.envelopes.values()].map((e) => structuredClone(e)));
  }
  async update(e) {
    this.step(() => this.disk.envelopes.has(e.id) && this.disk.envelopes.set(e.id, structuredClone(e)));
  }
  async file(h) {
    return this.step(() => this.disk.files.get(h) ?? null);
  }
  async drop(id) {
    this.step(() => this.disk.envelopes.delete(id));
  }
}

const lost = () => {
  throw new Error("the line broke");
};

// A Line is the network between one phone and the server.
class Line {
  late = [];
  constructor(world, cookie, at) {
    Object.assign(this, { world, cookie, at });
  }
  async ask(method, path, { headers, body }) {
    const w = this.world;
    const all = { ...headers, Cookie: this.cookie() };
    const go = () => send(w.url, method, path, all, body);
    w.requests++;
    if (w.calm) return go();
    if (this.late.length && this.at() < 0.3) await this.late.shift()().catch(() => {}); // what was held up arrives after what came later
    const n = this.at();
    if (n < 0.06) lost(); // before
    if (n < 0.12) {
      await go();
      lost(); // after: it was done, and nobody heard
    }
    if (n < 0.18 && body !== undefined && body.length > 1) {
      await send(w.url, method, path, all, body, 1 + Math.floor(this.at() * (body.length - 1))).catch(() => {});
      lost(); // in the middle of it
    }
    if (n < 0.21) {
      const r = await go();
      return { ...r, header: r.header, json: async () => lost() }; // the answer broke off
    }
    if (n < 0.25) {
      await go().catch(() => {});
      return go(); // twice, one after the other
    }
    if (n < 0.29) return (await Promise.all([go(), go()]))[this.at() < 0.5 ? 0 : 1]; // twice at once
    if (n < 0.33) {
      this.late.push(go);
      lost(); // given up, and on its way all the same
    }
    if (n < 0.36) await new Promise((d) => setTimeout(d, 1 + this.at() * 3)); // slow
    return go();
  }
}

function crc(b) {
  let c = ~0;
  for (const x of b) {
    c ^= x;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return ~c >>> 0;
}

// png is a photo of noise, with something in it that is to be cleaned away.
function png(at) {
  const chunk = (type, data) => {
    const b = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
    b.writeUInt32BE(data.length, 0);
    b.writeUInt32BE(crc(b.subarray(4, b.length - 4)), b.length - 4);
    return b;
  };
  const side = 8 + Math.floor(at() * 8);
  const head = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 2, 0, 0, 0]);
  const rows = Buffer.alloc(side * (1 + 3 * side));
  for (let i = 0; i < rows.length; i++) rows[i] = i % (1 + 3 * side) ? at() * 256 : 0;
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), chunk("IHDR", head), chunk("tEXt", Buffer.from("Comment\0" + at())), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

// wav is a word or two of noise.
function wav(at) {
  const n = 300 + Math.floor(at() * 900);
  const b = Buffer.alloc(44 + n);
  b.write("RIFF", 0);
  b.writeUInt32LE(36 + n, 4);
  b.write("WAVEfmt ", 8);
  b.writeUInt32LE(16, 16);
  b.writeUInt16LE(1, 20);
  b.writeUInt16LE(1, 22);
  b.writeUInt32LE(8000, 24);
  b.writeUInt32LE(8000, 28);
  b.writeUInt16LE(1, 32);
  b.writeUInt16LE(8, 34);
  b.write("data", 36);
  b.writeUInt32LE(n, 40);
  for (let i = 44; i < b.length; i++) b[i] = at() * 256;
  return b;
}

const YEAR = 365 * 24 * 3600 * 1000;

// A Phone is one run: it puts things down, calls, dies and is opened again.
class Phone {
  disk = new Disk();
  put = new Map(); // what was put down, by its id
  constructor(world, seed, login) {
    Object.assign(this, { world, seed, login, at: chance(seed) });
    this.off = this.at() < 0.4 ? (this.at() < 0.5 ? YEAR : -YEAR) : (this.at() - 0.5) * 60_000;
    this.line = new Line(world, () => world.cookies[login], this.at);
  }
  open() {
    const dying = () => (this.world.calm ? 1 : this.at());
    this.core = new Core({ store: new Store(this.disk, dying), net: this.line, token: this.token, now: () => Math.floor(this.world.now + this.off), random: this.at, nonce: () => String(this.at()), piece: 256, least: 64 });
  }
  async register() {
    const r = await ctl(this.world, "register", { login: this.login, name: "手机 " + this.seed });
    this.token = r.token;
    this.open();
  }
  async write() {
    const { world, login } = this;
    const n = this.at();
    const kind = world.walks.includes(login) && n < 0.5 ? "entry" : world.renames.includes(login) && n < 0.75 ? "change" : "raise";
    const files = [];
    for (let k = kind === "change" ? 0 : Math.floor(this.at() * 3); k > 0; k--) files.push({ bytes: this.at() < 0.4 ? png(this.at) : wav(this.at) });
    const words = "种子" + this.seed + "，第" + (this.put.size + 1) + "件：" + this.at();
    const point = world.points[Math.floor(this.at() * world.points.length)];
    let body = { body: words, place: world.place, public: true };
    let found = "";
    if (kind === "entry") {
      body = { point, words, did: [] };
      if (this.at() < 0.3) body.found = { words: (found = "查到：" + words), public: true };
    } else if (kind === "change") {
      const now = await ctl(world, "point", { name: point }); // what the phone read, before it lost the line
      body = { noun: "patrol_point", record: point, version: now.version, fields: { name: { was: now.name, now: words } } };
    }
    try {
      await this.core.save(kind, body, files);
    } catch (e) {
      if (!e.fatal) throw e;
      this.open();
    }
    for (const [id, e] of this.disk.envelopes) {
      if (!this.put.has(id)) this.put.set(id, { id, text: e.text, kind, body: words, point, found, files: e.files.map((f) => Buffer.from(this.disk.files.get(f.hash)).toString("base64")) });
    }
  }
  // dial is one call, and what a person does about how it ended.
  async dial() {
    let why;
    try {
      why = await this.core.call();
    } catch (e) {
      if (!e.fatal) throw e;
      this.open();
      return LINE;
    }
    if (why === SIGNIN) await signin(this.world, this.login);
    if (why === UNKNOWN) await this.register();
    return why;
  }
}

async function ctl(world, what, args = {}) {
  const r = await send(world.url, "POST", "/ctl/" + what, { "Content-Type": "application/json" }, JSON.stringify(args));
  if (r.status !== 200) throw new Error("ctl " + what + ": " + r.status);
  return r.json();
}

async function signin(world, login) {
  world.cookies[login] = (await ctl(world, "signin", { login })).cookie;
}

async function live(world) {
  const at = chance(world.seed);
  Object.assign(world, { cookies: {}, requests: 0, calm: false });
  world.now = (await ctl(world, "advance", { minutes: 0 })).now;
  for (const login of world.logins) await signin(world, login);
  const phones = [];
  for (let i = 0; i < world.runs; i++) {
    const p = new Phone(world, world.seed + i, world.logins[i % world.logins.length]);
    await p.register();
    phones.push(p);
  }
  const rounds = 6;
  const backup = world.restores ? 1 + Math.floor(at() * 3) : -1;
  const restore = world.restores ? backup + 1 + Math.floor(at() * 2) : -1;
  const counts = { restarts: 0, restores: 0 };
  for (let round = 0; round < rounds; round++) {
    if (round === backup) await ctl(world, "backup");
    if (round === restore) {
      await ctl(world, "restore");
      counts.restores++;
    }
    const order = phones.map((p) => [at(), p]).sort((a, b) => a[0] - b[0]).map((x) => x[1]);
    const restart = at() < 0.5 ? Math.floor(at() * order.length) : -1;
    for (const [i, p] of order.entries()) {
      if (i === restart) {
        await ctl(world, "restart");
        counts.restarts++;
      }
      if (p.put.size < 3 && p.at() < 0.7) await p.write();
      if (p.at() < 0.05) p.off += (p.at() - 0.5) * YEAR; // somebody sets the clock
      await p.dial();
    }
    world.now = (await ctl(world, "advance", { minutes: Math.floor(at() * 120) })).now;
  }
  world.calm = true; // and at last there is a good line
  for (const p of phones) {
    for (const late of p.line.late.splice(0)) await late().catch(() => {});
    let why;
    for (let i = 0; i < 20 && why !== DONE; i++) why = await p.dial();
    if (why !== DONE) throw new Error("seed " + p.seed + ": ended with " + why + " " + JSON.stringify(await p.core.unsent()));
  }
  return { ...counts, requests: world.requests, phones: phones.map((p) => ({ seed: p.seed, login: p.login, put: [...p.put.values()], kept: p.disk.envelopes.size })) };
}

let input = "";
for await (const d of process.stdin) input += d;
const worlds = JSON.parse(input);
const workers = Array.from({ length: 3 }, async () => {
  for (let w = worlds.shift(); w; w = worlds.shift()) {
    const url = w.url;
    try {
      process.stdout.write(JSON.stringify({ url, ...(await live(w)) }) + "\n");
    } catch (e) {
      process.stdout.write(JSON.stringify({ url, error: "world of seed " + w.seed + ": " + (e.stack ?? e) }) + "\n");
    }
  }
});
await Promise.all(workers);
agent.destroy(); // nothing is left to wait for
