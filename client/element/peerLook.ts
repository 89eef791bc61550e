/** One or two letters for an avatar: first letters of the first and the last word of the name. */
export function initials(name: string): string {
  const words = name
    .split(/[\s._-]+/u)
    .map((word) => Array.from(word).find((character) => /[\p{L}\p{N}]/u.test(character)))
    .filter((letter) => letter !== undefined);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.join('').toLocaleUpperCase() || '?';
}

/** A hue in degrees, 0 to 359, the same for one peer id everywhere and always. */
export function hueOf(peerId: string): number {
  let hash = 2166136261;
  for (let index = 0; index < peerId.length; index += 1) {
    hash = Math.imul(hash ^ peerId.charCodeAt(index), 16777619);
  }
  // Golden-angle steps keep ids that differ by little from looking alike.
  return Math.round(((hash >>> 0) % 997) * 137.508) % 360;
}
