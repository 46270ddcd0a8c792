/* The little that HTML and htmx cannot say: ask before danger, keep the place, close toasts, speak when the line is dead. */
"use strict";

const toasts = () => document.getElementById("toasts");

/* A button with data-confirm asks first, in our words; hx-confirm does too. */
function ask(question, deed) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("p").textContent = question;
  if (deed) dialog.querySelector("[value=yes]").textContent = deed;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.dataset.confirm || button.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(button.dataset.confirm, button.textContent.trim()))) return button.focus();
  button.dataset.confirmed = "yes";
  event.target.requestSubmit(button);
  delete button.dataset.confirmed;
}, true);

document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.question, event.detail.elt.textContent.trim())) event.detail.issueRequest(true);
});

/* Toasts: a close button where there is a script to close with; quiet ones leave by themselves. */
function furnish(toast) {
  toast.dataset.seen = "yes";
  toast.querySelector("[data-close]")?.removeAttribute("hidden");
  const quiet = !toast.matches(".stop, .timed") && !toast.querySelector("a, form, button:not([data-close])");
  if (quiet) setTimeout(() => toast.remove(), 8000);
}

function arrive() {
  document.querySelectorAll("[data-copy][hidden], [data-print][hidden], [hidden]:has(> [data-all])").forEach((thing) => thing.removeAttribute("hidden"));
  document.querySelectorAll("[data-all]").forEach((all) => tally(all.form));
  toasts()?.querySelectorAll(".toast:not([data-seen])").forEach(furnish);
}

document.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest(".toast")?.remove());

/* A toast that offers something for a while leaves when the while is over. */
document.addEventListener("animationend", (event) => event.animationName === "run-out" && event.target.closest(".toast")?.remove());

/* Text to copy: <button data-copy="#id" data-done="Copied" hidden>. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
  button.textContent = button.dataset.done;
});

/* A page on paper: <button data-print hidden>. */
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());

/* Another page on paper: <a href="…" target="_blank" data-paper> opens it and asks for a printer; without us it only opens. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-paper]");
  const page = link && open(link.href);
  if (!page) return;
  event.preventDefault();
  page.addEventListener("load", () => page.print());
});

/* After a refused form the cursor stands where the trouble is. */
function trouble(root) {
  root.querySelector?.('[aria-invalid="true"]')?.focus();
}

/* A replaced element that had the focus and no id of its own would lose it: its successor by name takes it. */
let held = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const inside = event.detail.target.contains(document.activeElement) ? document.activeElement : null;
  held = inside && !inside.id && inside.name ? { name: inside.name, value: inside.value } : null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  arrive();
  if (held && document.activeElement === document.body) {
    const same = [...document.getElementsByName(held.name)];
    (same.find((one) => one.value === held.value) ?? same[0])?.focus();
  }
  held = null;
  if (event.detail.xhr?.status === 422) trouble(event.detail.elt);
});

/* In a list to mark, the arrow keys go from box to box, and Shift with a click marks all in between. */
const boxes = (box) => [...box.form.elements].filter((one) => one.matches(".tick"));
let anchor = null;
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".tick")) return;
  event.preventDefault();
  boxes(event.target)[boxes(event.target).indexOf(event.target) + step]?.focus();
});
document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches(".tick")) return;
  const ends = [boxes(box).indexOf(anchor), boxes(box).indexOf(box)].sort((one, other) => one - other);
  if (event.shiftKey && ends[0] >= 0) boxes(box).slice(ends[0], ends[1] + 1).forEach((one) => { one.checked = box.checked; });
  anchor = box;
});

/* <label hidden><input type="checkbox" data-all> marks every box of its list, and shows whether all are marked or some. */
function tally(form) {
  const all = [...(form?.elements ?? [])].find((one) => one.matches("[data-all]"));
  if (!all) return;
  const marked = boxes(all).filter((box) => box.checked).length;
  all.checked = marked > 0 && marked === boxes(all).length;
  all.indeterminate = marked > 0 && !all.checked;
}
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-all]")) boxes(target).forEach((box) => { box.checked = target.checked; });
  tally(target.form);
});
document.addEventListener("reset", ({ target }) => setTimeout(() => tally(target)));

/* A double click on a row opens it, also where something lies above its link; its second half presses nothing on the next page. */
document.addEventListener("dblclick", ({ target }) => {
  if (!target.closest("a, button, input, select, label")) target.closest(".rule")?.querySelector(".open").click();
});
for (const half of ["mousedown", "click"]) {
  document.addEventListener(half, (event) => {
    if (event.detail > 1 && event.timeStamp < 600) event.preventDefault(), event.stopImmediatePropagation();
  }, true);
}

/* An answer that comes while somebody goes on filling in would undo what was filled in since: it is asked for once more. */
let filled = 0;
document.addEventListener("input", (event) => {
  if (event.target.closest("#rule")) filled += 1;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  event.detail.xhr.filled = filled;
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  if (target.id !== "rule" || xhr.filled === filled) return;
  event.detail.shouldSwap = false;
  htmx.trigger(requestConfig.elt, requestConfig.triggeringEvent.type);
});

document.addEventListener("htmx:sendError", () => {
  const words = document.getElementById("offline");
  if (words && !toasts().querySelector(".toast.stop")) toasts().append(words.content.cloneNode(true));
  arrive();
});

/* <button data-insert="words"> puts its words where the cursor was, in the last text marked data-insertable that had it;
   with data-block they stand apart, in the text that is not data-short. */
let writing = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-insertable]")) writing = event.target;
});
document.addEventListener("click", (event) => {
  const words = event.target.closest("[data-insert]")?.dataset.insert;
  if (!words) return;
  const block = event.target.closest("[data-block]");
  const shown = [...document.querySelectorAll("[data-insertable]")].filter((text) => text.offsetParent);
  const text = shown.includes(writing) && !block ? writing : shown.findLast((one) => !("short" in one.dataset));
  text.focus();
  text.setRangeText(block ? apart(text, words) : words, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
});

/* The words with as many line breaks around them as are missing to an empty line. */
function apart(text, words) {
  const before = text.value.slice(0, text.selectionStart), after = text.value.slice(text.selectionEnd);
  const breaks = (side, there) => side.trim() ? "\n".repeat(Math.max(0, 2 - there.exec(side)[0].length)) : "";
  return breaks(before, /\n*$/) + words + breaks(after, /^\n*/);
}

/* “1 day”, “3 days”: the unit in the select that data-counts names goes with the number as it is typed. */
document.addEventListener("input", (event) => {
  const unit = document.getElementById(event.target.dataset.counts);
  for (const option of unit?.options ?? []) option.text = event.target.value.trim() === "1" ? option.dataset.one : option.dataset.many;
});

/* A button marked data-press presses itself as soon as it arrives: it fills a frame that htmx cannot fill. */
document.addEventListener("htmx:load", (event) => {
  const root = event.detail.elt;
  for (const button of root.matches("[data-press]") ? [root] : root.querySelectorAll("[data-press]")) {
    button.hidden = true;
    button.click();
  }
});

arrive();
trouble(document);

/* The place one stands in is in sight, also at the end of a long menu. */
const here = document.querySelector(".rail [aria-current]");
if (here) {
  const rail = here.closest(".rail");
  rail.scrollTop = here.offsetTop + here.offsetHeight + rail.querySelector(".foot").offsetHeight - rail.clientHeight;
}
