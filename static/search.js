/* What a search that changes without its page says of its fields. The page says the same when it is loaded whole. */
const TOLD = ["aria-invalid", "aria-describedby"];

function tell(input, answer) {
  const same = answer.getElementById(input.id);
  const errors = answer.getElementById(`${input.id}_error`);
  for (const name of TOLD) {
    if (same?.hasAttribute(name)) input.setAttribute(name, same.getAttribute(name));
    else input.removeAttribute(name);
  }
  document.getElementById(`${input.id}_error`)?.remove();
  input.closest(".field").classList.toggle("invalid", Boolean(errors));
  if (!errors) return;
  input.before(errors);
  const folded = input.closest("details");
  if (folded) folded.open = true;
}

/* Who still types keeps the focus: the summary is read out, and takes it from who pressed the button. */
document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  if (ctx.sourceEvent?.type === "submit") return;
  for (const { fragment } of tasks) {
    for (const summary of fragment.querySelectorAll(".error-summary")) summary.removeAttribute("autofocus");
  }
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!ctx.sourceElement?.matches("form.search")) return;
  const answer = new DOMParser().parseFromString(ctx.text, "text/html");
  for (const input of ctx.sourceElement.querySelectorAll(".field :is(input, select)")) tell(input, answer);
});

/* Fields that are empty say nothing in an address. Leaving a field and pressing the button ask the same: one step back
   leaves both. */
document.addEventListener("htmx:before:history:update", ({ detail: { history } }) => {
  const [path, asked] = history.path.split("?");
  const said = new URLSearchParams([...new URLSearchParams(asked)].filter(([, value]) => value));
  history.path = said.size ? `${path}?${said}` : path;
  if (history.path === location.pathname + location.search) history.type = "replace";
});

/* Links lead to what is found. Whoever copies the address from there shares the search alone. */
addEventListener("load", () => {
  if (location.hash === "#ici") history.replaceState(history.state, "", location.pathname + location.search);
});
