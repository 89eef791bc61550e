/*
 * Estimates of quality, 0 (nothing) to 5 (as good as it was sent). They are models with published sources, kept to what
 * a server can measure; docs/forwarding.md says what they leave out.
 */

/** R of a call with nothing wrong but coding (ITU-T G.107, default values). */
const BEST_R = 93.2;
/** Robustness of a codec with concealment against random loss (ITU-T G.113 Appendix I, G.711 with PLC), percent. */
const LOSS_ROBUSTNESS = 25.1;
/** Loss at which a picture has lost a factor e of its quality, in the form of ITU-T G.1070; retransmission counted in. */
const PICTURE_LOSS = 0.1;
/** Points that half the height costs, and half the frames (logarithmic as in ITU-T G.1070). */
const HALF_THE_SIZE = 1.5;
const HALF_THE_FRAMES = 0.5;

/**
 * How well speech arrives: the E-model (ITU-T G.107) in the form of Cole and Rosenbluth (2001).
 *
 * @param loss Share of packets, 0 to 1.
 * @param delay From mouth to ear, ms.
 */
export function soundScore(loss: number, delay: number): number {
  const late = Math.max(0, delay - 177.3);
  const percent = loss * 100;
  const r = BEST_R - 0.024 * delay - 0.11 * late - (95 * percent) / (percent + LOSS_ROBUSTNESS);
  return clamp((5 * (opinion(r) - 1)) / (opinion(BEST_R) - 1));
}

/**
 * How well a picture arrives, compared with the layers that were wanted.
 *
 * @param scale By how much smaller its height is than wanted; 1 for none, Infinity for no picture.
 * @param halvings How often its frame rate is halved.
 * @param loss Share of packets, 0 to 1.
 */
export function pictureScore(scale: number, halvings: number, loss: number): number {
  if (!Number.isFinite(scale)) return 0;
  const coded = 5 - HALF_THE_SIZE * Math.log2(scale) - HALF_THE_FRAMES * halvings;
  return clamp(Math.max(0.5, coded) * Math.exp(-loss / PICTURE_LOSS));
}

/** Mean opinion score of a rating (ITU-T G.107 Annex B). */
function opinion(r: number): number {
  if (r <= 0) return 1;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

function clamp(score: number): number {
  return Math.min(5, Math.max(0, score));
}
