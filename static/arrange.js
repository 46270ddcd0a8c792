/* Blocks in order: by dragging, also by touch, or by the arrows; without this script the arrows post the form instead. */
"use strict";

for (const desk of document.querySelectorAll("[data-arrange]")) {
  const lists = [...desk.querySelectorAll("[data-area]")];
  const middle = (row) => { const box = row.getBoundingClientRect(); return box.top + box.height / 2; };
  let held = null, moved = false;

  /* A row says in its hidden input where it lies; whoever listens hears of it, and so do those who hear the page. */
  function settle(row) {
    const area = row.closest("[data-area]");
    const input = row.querySelector("[name=block]");
    const words = { block: row.dataset.name, area: area.previousElementSibling.textContent, n: [...area.children].indexOf(row) + 1 };
    const said = desk.querySelector("[data-said]");
    said.textContent = said.dataset.words.replace(/%\((\w+)\)s/g, (_all, name) => words[name]);
    input.value = `${area.dataset.area}:${input.value.split(":")[1]}`;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  desk.addEventListener("click", (event) => {
    const button = event.target.closest("[name=move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest(".block-row"), up = button.value.startsWith("up"), list = row.parentElement;
    const beside = up ? row.previousElementSibling : row.nextElementSibling;
    const next = lists[lists.indexOf(list) + (up ? -1 : 1)];
    if (beside) up ? beside.before(row) : beside.after(row);
    else if (next) up ? next.append(row) : next.prepend(row);
    else return;
    settle(row);
    button.focus();
  });

  /* The row follows the pointer from list to list: it lies before the first row whose middle is below the pointer. */
  desk.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.button) return;
    event.preventDefault();
    held = grip.closest(".block-row");
    held.classList.add("held");
    grip.setPointerCapture(event.pointerId);
  });
  desk.addEventListener("pointermove", (event) => {
    if (!held) return;
    const area = lists.findLast((list) => list.parentElement.getBoundingClientRect().top <= event.clientY) ?? lists[0];
    const below = [...area.children].find((row) => row !== held && middle(row) > event.clientY) ?? null;
    if (held.parentElement !== area || held.nextElementSibling !== below) {
      area.insertBefore(held, below);
      moved = true;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    desk.addEventListener(end, () => {
      if (!held) return;
      const row = held;
      held = null;
      row.classList.remove("held");
      if (moved) settle(row);
      moved = false;
    });
  }
  desk.classList.add("movable");
}
