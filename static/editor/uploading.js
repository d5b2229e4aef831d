// How far the files of a form have come, below it: the composer's pictures have cards of
// their own for that. What arrived is scaled and checked; how long that takes nobody knows.

const places = new WeakMap();

function files(form) {
  return [...form.elements].flatMap((field) => (field.type === "file" ? [...field.files] : []));
}

document.addEventListener("htmx:beforeSend", ({ target: form }) => {
  if (form.enctype !== "multipart/form-data") return;
  const names = files(form).map(({ name }) => name);
  if (!names.length) return;
  const place = document.createElement("div");
  place.className = "uploading";
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${names.join(", ")}`);
  const state = document.createElement("span");
  state.className = "state num";
  state.textContent = "sending";
  place.append(bar, state);
  form.append(place);
  places.set(form, { place, bar, state, isThere: false });
});

// Of the request first, then of the answer, which is short.
document.addEventListener("htmx:xhr:progress", ({ target: form, detail: { loaded, total } }) => {
  const shown = places.get(form);
  if (!shown || shown.isThere) return;
  if (loaded < total) {
    shown.bar.value = loaded / total;
    shown.state.textContent = `${Math.floor((100 * loaded) / total)} %`;
    return;
  }
  shown.isThere = true;
  shown.bar.removeAttribute("value");
  shown.state.textContent = "arrived, being prepared";
});

document.addEventListener("htmx:afterRequest", ({ target: form }) => {
  places.get(form)?.place.remove();
  places.delete(form);
});
