// SPDX-License-Identifier: Apache-2.0
// The parts of which the app's pages are made: elements, fields, photos and sound, and
// where the phone is when somebody says so.

let words = {};

// speak sets what the app says.
export function speak(w) {
  words = w;
}

export const t = (key, ...args) => args.reduce((s, a, i) => s.replaceAll("{" + i + "}", a), words[key] ?? key);

// h makes an element. A function is what a click does; null leaves the attribute out.
export function h(tag, attrs = {}, ...inside) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs)) {
    if (typeof v === "function") e.addEventListener(k, v);
    else if (v === true) e.setAttribute(k, "");
    else if (v !== null && v !== undefined && v !== false) e.setAttribute(k, v);
  }
  e.append(...inside.flat().filter((x) => x !== null && x !== undefined && x !== false));
  return e;
}
export const button = (text, click, more = "") => h("button", { type: "button", class: "button " + more, click }, text);
export const note = (tone, text) => h("p", { class: "said t-" + tone, role: "status" }, text);
export const label = (id, text, input, help) => h("div", { class: "field" }, h("label", { for: id }, text), help ? h("p", { class: "help", id: id + "-help" }, help) : null, input);

// files are the photos and sound of a form.
export function files(form, dirty) {
  const got = [], list = h("ul", { class: "shots" }), said = h("p", { class: "help", "aria-live": "polite" });
  const put = (f) => {
    const url = URL.createObjectURL(new Blob([f.bytes], { type: f.type }));
    got.push(f);
    const li = h("li", {}, f.type.startsWith("image/") ? h("img", { alt: t("photo"), src: url }) : h("audio", { controls: true, src: url }), button(t("remove"), () => { got.splice(got.indexOf(f), 1); li.remove(); dirty(form(), got, true); }, "small"));
    list.append(li);
  };
  const add = (bytes, type) => {
    put({ bytes, type });
    dirty(form(), got, true);
  };
  const photo = h("input", { type: "file", id: "photo", class: "sr", accept: "image/*", capture: "environment", multiple: true, change: async () => {
    for (const f of [...photo.files]) {
      const b = await smaller(f);
      add(new Uint8Array(await b.arrayBuffer()), b.type);
    }
    photo.value = "";
  } });
  let rec;
  const voice = !window.MediaRecorder || !navigator.mediaDevices ? null : button(t("voice"), async () => {
    if (rec) return rec.stop();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const parts = [];
      rec = new MediaRecorder(stream);
      rec.ondataavailable = (e) => parts.push(e.data);
      rec.onstop = async () => {
        stream.getTracks().forEach((x) => x.stop());
        const b = new Blob(parts, { type: rec.mimeType.split(";")[0] });
        rec = null;
        voice.textContent = t("voice");
        if (b.size) add(new Uint8Array(await b.arrayBuffer()), b.type);
      };
      rec.start();
      voice.textContent = t("voice.stop");
    } catch {
      said.textContent = t("here.no");
    }
  });
  return { got, put, parts: [h("div", { class: "acts" }, h("label", { class: "button" }, t("photo"), photo), voice), list, said] };
}

// smaller makes a photo fit for a bad line: at most 2000 points wide, and without what a
// camera writes into it. What cannot be drawn here is left as it is.
async function smaller(f) {
  try {
    const m = await createImageBitmap(f, { imageOrientation: "from-image" });
    const k = Math.min(1, 2000 / Math.max(m.width, m.height));
    const c = h("canvas", { width: Math.round(m.width * k), height: Math.round(m.height * k) });
    c.getContext("2d").drawImage(m, 0, 0, c.width, c.height);
    return (await new Promise((d) => c.toBlob(d, "image/jpeg", 0.85))) ?? f;
  } catch {
    return f;
  }
}

// here asks once where the phone is, when the person says so.
export function here() {
  const said = h("span", { class: "help", "aria-live": "polite" });
  const x = { at: null, part: h("div", { class: "acts" }, button(t("here"), () => {
    navigator.geolocation.getCurrentPosition((p) => { x.at = { lat: p.coords.latitude, lon: p.coords.longitude }; said.textContent = t("here.on"); }, () => { said.textContent = t("here.no"); }, { enableHighAccuracy: true, timeout: 20_000 });
  }), said) };
  return x;
}
