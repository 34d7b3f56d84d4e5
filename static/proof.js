/* Answers the challenge of a form while its fields are filled in, so that nobody has hundreds of mails sent to
   strangers through it. Without JavaScript the form works too, within a smaller daily number. */
const field = document.querySelector("[data-challenge]");
const status = document.querySelector("[data-proof-status]");

const toBytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const toHex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive(parameters, counter) {
  const nonce = toBytes(parameters.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: toBytes(parameters.salt), iterations: parameters.cost };
  return toHex(await crypto.subtle.deriveBits(how, key, parameters.keyLength * 8));
}

async function answer(challenge) {
  for (let counter = 0; ; counter += 1) {
    const derivedKey = await derive(challenge.parameters, counter);
    if (derivedKey.startsWith(challenge.parameters.keyPrefix)) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
  }
}

// Browsers keep these functions from pages that did not come over HTTPS.
if (field && crypto.subtle) {
  const form = field.form;
  const holdBack = (event) => {
    event.preventDefault();
    form.dataset.wanted = "yes";
    status.textContent = status.dataset.proofStatus;
  };
  form.addEventListener("submit", holdBack);
  answer(JSON.parse(field.dataset.challenge)).then((text) => {
    field.value = text;
    form.removeEventListener("submit", holdBack);
    if (form.dataset.wanted) {
      form.requestSubmit();
    }
  });
}
