/* Puts a map of streets in the place of a drawing, once somebody asks for it: only then is its server asked anything. */
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-tiles]");
  if (!button) return;
  button.disabled = true;
  const { sheet, script, tiles, credit } = button.dataset;
  try {
    await Promise.all([load("link", { rel: "stylesheet", href: sheet }), load("script", { src: script })]);
    show(button.closest("figure").querySelector("svg"), tiles, credit);
    button.remove();
  } finally {
    button.disabled = false;
  }
});

function load(kind, attributes) {
  const element = Object.assign(document.createElement(kind), attributes);
  return new Promise((loaded, failed) => {
    element.onload = loaded;
    element.onerror = failed;
    document.head.append(element);
  });
}

function show(drawing, tiles, credit) {
  const box = document.createElement("div");
  box.className = "streets";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", drawing.getAttribute("aria-label"));
  drawing.replaceWith(box);
  const map = L.map(box, { attributionControl: false });
  L.control.attribution({ prefix: false }).addTo(map);
  L.tileLayer(tiles, { attribution: credit, maxZoom: 18 }).addTo(map);
  const places = [...drawing.querySelectorAll("[data-latitude]")].map((link) => {
    const at = L.latLng(link.dataset.latitude, link.dataset.longitude);
    const name = link.querySelector("title").textContent;
    const follow = ({ originalEvent }) => {
      if (originalEvent.type === "click" || originalEvent.key === "Enter") location.assign(link.href.baseVal);
    };
    L.marker(at, { alt: name, title: name, icon: L.divIcon({ className: "spot" }) }).on("click keypress", follow).addTo(map);
    return at;
  });
  for (const specks of drawing.querySelectorAll("[data-places]")) {
    for (const at of reached(specks.dataset.places)) L.circleMarker(at, { className: "speck", radius: 3, interactive: false }).addTo(map);
  }
  map.fitBounds(L.latLngBounds(places).pad(0.2));
}

/* Where one comes to step by step, in thousandths of a degree: to the north, to the east, and again. */
function reached(steps) {
  const far = steps.split(" ").map(Number);
  let [latitude, longitude] = [0, 0];
  return Array.from({ length: far.length / 2 }, (_, at) => {
    latitude += far[2 * at];
    longitude += far[2 * at + 1];
    return L.latLng(latitude / 1000, longitude / 1000);
  });
}
