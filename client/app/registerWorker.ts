/** Keeps the app's hashed files at hand (`/worker.js`), and makes the pages installable; where that is refused, nothing is lost. */
export function registerWorker(): void {
  const { serviceWorker } = navigator as Partial<Pick<Navigator, 'serviceWorker'>>;
  // Absent on plain HTTP; refused under a certificate that the browser does not trust, and in some private windows.
  serviceWorker?.register('/worker.js').catch(() => undefined);
}
