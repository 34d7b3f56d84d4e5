/* Says in words why a passkey could not be used, where the browser only tells the console. */
const place = document.querySelector("[data-passkey-error]");

const REASONS = {
  InvalidStateError: "Cet appareil est déjà enregistré comme clé d’accès.",
  NotAllowedError: "La demande a été annulée ou a pris trop de temps. Réessayez.",
  SecurityError: "Les clés d’accès ne fonctionnent qu’à une adresse en https, ou à http://localhost.",
};
const OTHERWISE = "Ce navigateur n’a pas pu utiliser de clé d’accès. Essayez avec un autre, ou avec votre mot de passe.";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  place.textContent = REASONS[event.detail.exception.name] ?? OTHERWISE;
  place.hidden = false;
});
