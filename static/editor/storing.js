// What this browser keeps of texts that the server has not, by name: "draft <conversation> <place>".

const OLD_MS = 30 * 24 * 3600 * 1000;
let complained = false;

function storage(work) {
  try {
    return work(localStorage);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (!complained) {
      complained = true;
      const text = "This browser keeps no drafts (no room, or not allowed): save before you leave.";
      document.dispatchEvent(new CustomEvent("notice", { detail: { text, failed: true } }));
    }
    return null;
  }
}

export const store = (name, draft) =>
  storage((all) => all.setItem(name, JSON.stringify({ at: Date.now(), ...draft })));
export const drop = (name) => storage((all) => all.removeItem(name));

// The draft with `at`, the time when it was kept; null where there is none.
export const stored = (name) => JSON.parse(storage((all) => all.getItem(name)) ?? "null");

// The names that begin so, the newest first.
export const names = (start) =>
  (storage((all) => Object.keys(all)) ?? [])
    .filter((name) => name.startsWith(start))
    .sort((one, other) => (stored(other).at ?? 0) - (stored(one).at ?? 0));

// A line that says what is here again or was taken back, and what can be done about it.
export function offered(words, label, work) {
  const line = document.createElement("p");
  line.className = "hint restored";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = label;
  button.addEventListener("click", () => {
    line.remove();
    work();
  });
  line.append(words, button);
  return line;
}

for (const name of names("draft ")) if (Date.now() - (stored(name).at ?? 0) > OLD_MS) drop(name);
