/** What the templates of WHIP and WHEP URLs are filled with. */
export interface UrlValues {
  room: string;
  name: string;
}

const PLACEHOLDERS = ['room', 'name'] as const satisfies (keyof UrlValues)[];

/** Puts room and name, encoded, where the template has `{room}` and `{name}`; without these it is used as it is. */
export function fillTemplate(template: string, values: UrlValues): string {
  return PLACEHOLDERS.reduce(
    (url, key) => url.replaceAll(`{${key}}`, encodeURIComponent(values[key])),
    template,
  );
}

/** What is wrong with a template, as the end of a sentence; undefined: nothing. */
export function templateProblem(template: string): string | undefined {
  if (!URL.canParse(template) || !['http:', 'https:'].includes(new URL(template).protocol))
    return `"${template}" is no URL such as http://localhost:3000/whip/{room}`;
  const { username, password, origin } = new URL(template);
  // The host is what may be loaded or not, so it has to be known before.
  if (/[{}]|%7[bd]/i.test(origin)) return 'a placeholder cannot stand in the host';
  if (username !== '' || password !== '') return 'must not have a user or a password: give --token';
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)]
    .map(([, key]) => key)
    .find((key) => !PLACEHOLDERS.some((known) => known === key));
  return unknown === undefined ? undefined : `there is no {${unknown}}, only {room} and {name}`;
}
