import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a duration such as `90s`, `15m`, `1h` or `30d`. @throws InvalidArgumentError for anything else. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const seconds = Number(match?.[1]) * UNITS[(match?.[2] ?? 's') as keyof typeof UNITS];
  if (!match || seconds === 0)
    throw new InvalidArgumentError('must be a duration such as 90s, 15m, 1h or 30d');
  return seconds;
}
