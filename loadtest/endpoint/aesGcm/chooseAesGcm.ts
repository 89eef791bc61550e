import type { CreateAesGcm } from './AesGcm.ts';
import { NodeAesGcm } from './NodeAesGcm.ts';
import { loadOpenSsl } from './OpenSslAesGcm.ts';

let chosen: Promise<CreateAesGcm> | undefined;

/** The cheapest that there is here. */
export function chooseAesGcm(): Promise<CreateAesGcm> {
  chosen ??= loadOpenSsl().then((openSsl) => openSsl ?? ((key) => new NodeAesGcm(key)));
  return chosen;
}
