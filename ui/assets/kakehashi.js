// Comfort for pages that already work without it. What each part looks for:
//   data-menu      a <details> that closes by Escape or a press elsewhere
//   data-dialog    a link that opens the <dialog> of that id in place of its page
//   data-guard     a form that is sent once; the value is said meanwhile
//   data-keep      a form whose half-typed fields outlive the page in this tab
//   data-live      an element fetched again when one of its topics changes
//   data-inbox     a table with keys: j k x Enter ? and each button's data-key
//   data-weekday   a date field whose weekday is said in the <output> of that id
//   data-print     a button that prints
//   data-passkey   create or get, with data-begin, data-finish and data-next
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (target, type, run, options) => target.addEventListener(type, run, options);
const language = document.documentElement.lang;

// Announce says something to screen readers without moving anything.
const voice = document.createElement("p");
voice.className = "vh";
voice.setAttribute("role", "status");
document.body.append(voice);
const announce = (text) => { voice.textContent = text; };

// Menus.
on(document, "click", (e) => all("details[data-menu][open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; }));
on(document, "keydown", (e) => {
  if (e.key !== "Escape") return;
  all("details[data-menu][open]").forEach((d) => { d.open = false; d.querySelector("summary").focus(); });
});

// Dialogs: the link's page is the way without script.
on(document, "click", (e) => {
  const link = e.target.closest("[data-dialog]");
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (!dialog || !dialog.showModal || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  dialog.showModal();
  on(dialog, "close", () => link.focus(), { once: true });
});

// Forms are sent once. Back in history they may be sent again.
on(document, "submit", (e) => {
  const form = e.target;
  if (form.dataset.guard === undefined) return;
  if (form.dataset.busy) { e.preventDefault(); return; }
  form.dataset.busy = "1";
  announce(form.dataset.guard);
  if (e.submitter) e.submitter.classList.add("busy");
  setTimeout(free, 10000, form); // a download leaves the page where it is
});
function free(form) {
  delete form.dataset.busy;
  all(".busy", form).forEach((b) => b.classList.remove("busy"));
}
on(window, "pageshow", () => all("form[data-busy]").forEach(free));

// What is half typed stays in this tab until it was sent: never secrets, never files.
const store = (() => { try { return window.sessionStorage; } catch { return null; } })();
const person = document.body.dataset.person || "-";
const prefix = "kept:";
const keepable = (field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type) && field.autocomplete !== "one-time-code";
const keyOf = (form) => prefix + person + ":" + (form.getAttribute("action") || location.pathname);
function restore(form) {
  const key = keyOf(form);
  const sent = store.getItem(key + "!") !== null;
  store.removeItem(key + "!");
  if (form.querySelector(".summary")) return; // the server gave it all back
  if (sent) { store.removeItem(key); return; }
  const kept = store.getItem(key);
  if (!kept) return;
  const values = JSON.parse(kept);
  let changed = false;
  [...form.elements].filter(keepable).forEach((field) => {
    const list = values[field.name] || [];
    if (field.type === "checkbox" || field.type === "radio") {
      const want = list.includes(field.value);
      changed = changed || field.checked !== want;
      field.checked = want;
    } else if (list.length) {
      changed = changed || field.value !== list[0];
      field.value = list.shift();
    }
  });
  if (!changed) return;
  const note = document.createElement("p");
  note.className = "hint";
  note.setAttribute("role", "status");
  note.textContent = form.dataset.keep;
  form.prepend(note);
}
function keep(form) {
  const values = {};
  [...form.elements].filter(keepable).forEach((field) => {
    values[field.name] = values[field.name] || [];
    if ((field.type !== "checkbox" && field.type !== "radio") || field.checked) values[field.name].push(field.value);
  });
  store.setItem(keyOf(form), JSON.stringify(values));
}
if (store) {
  const forms = all("form[data-keep]");
  for (let i = store.length - 1; i >= 0; i--) {
    const key = store.key(i);
    // Sent, and now on another page: it arrived. Somebody else's: not ours to show.
    const here = forms.some((form) => keyOf(form) + "!" === key);
    if (key.startsWith(prefix) && key.endsWith("!") && !here) { store.removeItem(key.slice(0, -1)); store.removeItem(key); i = store.length; }
    else if (key.startsWith(prefix) && !key.startsWith(prefix + person + ":") && person !== "-") store.removeItem(key);
  }
  forms.forEach((form) => {
    restore(form);
    on(form, "input", () => keep(form));
    on(form, "change", () => keep(form));
    on(form, "submit", () => { keep(form); store.setItem(keyOf(form) + "!", "1"); });
  });
}

// Live parts are fetched from the page's own address; whoever types is left alone.
const live = all("[data-live]");
if (live.length && window.EventSource) {
  const topics = [...new Set(live.flatMap((e) => e.dataset.live.split(/[ ,]+/).filter(Boolean)))];
  let waiting = 0;
  const refresh = async () => {
    const reply = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!reply.ok) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    all("[data-live]").forEach((old) => {
      const next = fresh.getElementById(old.id);
      if (next && !old.contains(document.activeElement) && next.innerHTML !== old.innerHTML) old.replaceChildren(...next.childNodes);
    });
  };
  const source = new EventSource("/live?" + topics.slice(0, 8).map((t) => "topic=" + encodeURIComponent(t)).join("&"));
  const changed = () => { clearTimeout(waiting); waiting = setTimeout(() => refresh().catch(() => {}), 300); };
  on(source, "change", changed);
  on(window, "pagehide", () => source.close());
}

// The inbox by keyboard.
all("[data-inbox]").forEach((inbox) => {
  const boxes = () => all("tbody input[type=checkbox]", inbox);
  const count = inbox.querySelector("[data-count]");
  const empty = count.textContent;
  let at = -1;
  const tell = () => {
    const n = boxes().filter((b) => b.checked).length;
    count.textContent = n ? count.dataset.count.replace("{n}", new Intl.NumberFormat(language).format(n)) : empty;
  };
  const go = (step) => {
    const list = boxes();
    if (!list.length) return;
    at = Math.max(0, Math.min(list.length - 1, at + step));
    all("tr.here", inbox).forEach((tr) => tr.classList.remove("here"));
    list[at].closest("tr").classList.add("here");
    list[at].focus();
    list[at].scrollIntoView({ block: "nearest" });
  };
  on(inbox, "change", tell);
  on(inbox, "focusin", (e) => { const i = boxes().indexOf(e.target); if (i >= 0) at = i; });
  on(document, "keydown", (e) => {
    const typing = e.target.closest("textarea, select, [contenteditable], input:not([type=checkbox])");
    if (typing || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    const here = boxes()[at];
    if (e.key === "j") go(1);
    else if (e.key === "k") go(-1);
    else if (e.key === "x" && here) here.click();
    else if (e.key === "Enter" && here && e.target === here) here.closest("tr").querySelector("a")?.click();
    else if (e.key === "?") inbox.querySelector(".keys")?.scrollIntoView({ block: "center" });
    else {
      const button = [...inbox.querySelectorAll("[data-key]")].find((b) => b.dataset.key === e.key);
      if (!button) return;
      if (!boxes().some((b) => b.checked) && here) here.click();
      if (!boxes().some((b) => b.checked)) return;
      button.focus();
      button.click();
    }
    e.preventDefault();
  });
  tell();
});

// A date says its weekday while it is chosen.
all("[data-weekday]").forEach((field) => on(field, "input", () => {
  const out = document.getElementById(field.dataset.weekday);
  const day = new Date(field.value + "T00:00:00");
  if (out) out.textContent = field.value && !isNaN(day) ? new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "long" }).format(day) : "";
}));

all("[data-print]").forEach((button) => { button.hidden = false; on(button, "click", () => window.print()); });

// Passkeys: options and credential travel as JSON with base64url, as WebAuthn
// level 3 has them.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
async function post(url, body) {
  const reply = await fetch(url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.status === 204 ? {} : reply.json();
}
async function passkey(box) {
  const options = (await post(box.dataset.begin, {})).publicKey;
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) (list || []).forEach((c) => { c.id = bytes(c.id); });
  const made = await navigator.credentials[box.dataset.passkey]({ publicKey: options });
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) if (made.response[name]) response[name] = text(made.response[name]);
  if (made.response.getTransports) response.transports = made.response.getTransports();
  const done = await post(box.dataset.finish, { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: made.getClientExtensionResults(), authenticatorAttachment: made.authenticatorAttachment });
  const next = done.next || box.dataset.next || "/";
  location.assign(next.startsWith("/") && !next.startsWith("//") ? next : "/");
}
if (window.PublicKeyCredential) all("[data-passkey]").forEach((box) => {
  const wrong = box.querySelector("[role=alert]");
  box.hidden = false;
  on(box.querySelector("button"), "click", () => {
    wrong.hidden = true;
    passkey(box).catch(() => { wrong.hidden = false; });
  });
});
