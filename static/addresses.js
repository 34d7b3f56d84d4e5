/* Completes the address of a site while it is typed, from the portal itself; the form works the same without. */
const form = document.querySelector("[data-addresses]");
const address = form.elements.address;
const commune = form.elements.commune;
const PAUSE = 250;
const SHORTEST = 4;

const list = document.createElement("datalist");
list.id = "known-addresses";
form.append(list);
address.setAttribute("list", list.id);

const known = new Map();
let waiting;

async function complete() {
  const typed = address.value;
  const answer = await fetch(`${form.dataset.addresses}?${new URLSearchParams({ q: typed })}`);
  if (!answer.ok || typed !== address.value) return;
  const { addresses } = await answer.json();
  list.replaceChildren(
    ...addresses.map((one) => {
      const text = `${one.line}, ${one.commune}`;
      known.set(text, one);
      const option = document.createElement("option");
      option.value = text;
      return option;
    }),
  );
}

address.addEventListener("input", () => {
  clearTimeout(waiting);
  const chosen = known.get(address.value);
  if (chosen) {
    address.value = chosen.line;
    if (!commune.disabled) commune.value = chosen.commune;
  } else if (address.value.length >= SHORTEST) {
    waiting = setTimeout(complete, PAUSE);
  }
});
