/* An app on one's own phone shows one's next workshops without a network; a browser, maybe a borrowed one, keeps nothing. */
if ("serviceWorker" in navigator && matchMedia("(display-mode: standalone)").matches) {
  navigator.serviceWorker.register("/worker.js");
}
