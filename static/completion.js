/* Completes addresses and communes while they are typed, and finds the commune where one is, from the portal itself.
   The forms work the same without. */
const PAUSE = 250;
const SHORTEST = { addresses: 4, communes: 2 };

function offer(input, shortest, ask, choose) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-known`;
  input.after(list);
  input.setAttribute("list", list.id);
  const known = new Map();
  let waiting;

  async function complete() {
    const typed = input.value;
    const found = await ask(typed);
    if (typed !== input.value) return;
    list.replaceChildren(
      ...found.map(([text, one]) => {
        known.set(text, one);
        const option = document.createElement("option");
        option.value = text;
        // Browsers show an option alone that holds what is typed: « 69003 » stands in no name, nor « evreux » in « Évreux ».
        if (!text.toLowerCase().includes(typed.toLowerCase())) option.label = `${text} – ${typed}`;
        return option;
      }),
    );
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    if (known.has(input.value)) choose(known.get(input.value));
    else if (input.value.length >= shortest) waiting = setTimeout(complete, PAUSE);
  });
}

async function ask(address, query) {
  const answer = await fetch(`${address}?${new URLSearchParams(query)}`);
  return answer.ok ? answer.json() : null;
}

for (const form of document.querySelectorAll("[data-addresses]")) {
  const { address, commune } = form.elements;
  offer(
    address,
    SHORTEST.addresses,
    async (typed) => {
      const answer = await ask(form.dataset.addresses, { q: typed });
      return (answer?.addresses ?? []).map((one) => [`${one.line}, ${one.commune}`, one]);
    },
    (one) => {
      address.value = one.line;
      if (!commune.disabled) commune.value = one.commune;
    },
  );
}

for (const form of document.querySelectorAll("[data-communes]")) {
  const place = form.elements.lieu ?? form.elements.commune;
  offer(
    place,
    SHORTEST.communes,
    async (typed) => {
      const answer = await ask(form.dataset.communes, { q: typed });
      return (answer?.communes ?? []).map((name) => [name, name]);
    },
    () => {},
  );
  const near = form.querySelector("[data-nearest]");
  if (near && "geolocation" in navigator) findHere(place, near);
}

/* Nothing is asked before the click; the position is rounded to a kilometre or so before it leaves the browser. */
function findHere(place, near) {
  const said = near.querySelector("output");
  near.hidden = false;
  near.querySelector("button").addEventListener("click", () => {
    said.textContent = near.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      async ({ coords }) => {
        const here = { latitude: coords.latitude.toFixed(2), longitude: coords.longitude.toFixed(2) };
        const answer = await ask(near.dataset.nearest, here);
        said.textContent = answer ? "" : near.dataset.nowhere;
        if (!answer) return;
        place.value = answer.commune;
        place.dispatchEvent(new Event("change", { bubbles: true }));
      },
      () => {
        said.textContent = near.dataset.refused;
      },
      { timeout: 10_000, maximumAge: 600_000 },
    );
  });
}
