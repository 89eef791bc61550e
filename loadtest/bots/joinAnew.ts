/** ms between two attempts, and until no more follows. */
const RETRY_DELAY = 300;
const DEADLINE = 15_000;

/**
 * Joins again as the SDK does whom the server forgot: on whichever server the URL leads to now, until it is in or has
 * tried for so many ms.
 *
 * @param join Resolves with whether another attempt makes sense; never rejects.
 */
export async function joinAnew(join: () => Promise<boolean>, deadline = DEADLINE): Promise<void> {
  const until = performance.now() + deadline;
  while ((await join()) && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
}
