import type { Config } from './config.ts';
import type { Setting } from './setting.ts';
import { settings } from './settings.ts';

/** Every text of a configuration that must not be in the log: what its secret settings hold, and the passwords of URLs in them. */
export function secretsOf(config: Config): string[] {
  return (Object.entries(settings) as [keyof Config, Setting][])
    .filter(([, { secret }]) => secret)
    .flatMap(([key]) => secretTexts(config[key]));
}

/** Of objects only credentials: addresses and names beside them are for the log's reader. */
const CREDENTIAL = /secret|password|credential/i;

function secretTexts(value: unknown): string[] {
  if (typeof value === 'string') return /^[a-z+]+:\/\//i.test(value) ? passwordsOf(value) : [value];
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (CREDENTIAL.test(key) ? secretTexts(inner) : []));
}

/** As the URL has it, and as it is sent. */
function passwordsOf(url: string): string[] {
  if (!URL.canParse(url)) return [url];
  const { password } = new URL(url);
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
