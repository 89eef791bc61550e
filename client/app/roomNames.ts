const FIRST =
  'amber brave calm clear copper coral early easy fair fresh gentle golden green happy keen kind light lucky mellow merry noble plain quick quiet ready silver sunny swift tidy warm'.split(
    ' ',
  );
const SECOND =
  'anchor bay beacon bridge brook cedar cliff cloud cove dune falcon fern field finch forest garden harbor heron island lagoon maple meadow mesa orchard otter pine ridge river sparrow willow'.split(
    ' ',
  );

/** A name that is easy to say and, with its number, not easy to guess by accident: `calm-harbor-4821`. */
export function suggestRoomName(random: () => number = secureRandom): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? '';
  return `${pick(FIRST)}-${pick(SECOND)}-${Math.floor(1000 + random() * 9000)}`;
}

function secureRandom(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}
