// @ts-check
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What may follow the release's name in a suite of the distribution itself. */
const OWN_SUITES = /^(?:-updates|-security|-proposed-updates|\/updates)?$/;

/** Suites that are the distribution's own whatever the release is called. */
const ROLLING_SUITES = ['stable', 'oldstable', 'testing', 'unstable', 'sid'];

/**
 * The machine's own package sources, in apt's two formats, each with its source packages switched on: the text of a
 * `.list` and of a `.sources` file. Only sources of the distribution itself are taken, because others (a vendor's
 * repository) often offer no source packages, over which apt would stumble.
 *
 * @param {string} [etc] apt's directory.
 * @param {string} [release] The release's code name; by default that of this machine.
 * @returns {{ list: string, sources: string }} Both are empty where nothing fits.
 */
export function sourcesWithSource(etc = '/etc/apt', release = codename()) {
  const parts = join(etc, 'sources.list.d');
  const names = readNames(parts);
  const lists = [
    'sources.list',
    ...names.filter((name) => name.endsWith('.list')).map((n) => join('sources.list.d', n)),
  ];
  const deb822 = names.filter((name) => name.endsWith('.sources')).map((name) => join(parts, name));
  const lines = lists.flatMap((name) => fromOneLineStyle(read(join(etc, name)), release));
  const stanzas = deb822.flatMap((name) => fromDeb822(read(name), release));
  return {
    list: [...new Set(lines)].map((line) => `${line}\n`).join(''),
    sources: [...new Set(stanzas)].join('\n\n'),
  };
}

/**
 * @param {string} text
 * @param {string} release
 * @returns {string[]}
 */
function fromOneLineStyle(text, release) {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb(?:-src)?\s+((?:\[[^\]]*\]\s+)?\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (!match) return [];
    const [, where = '', suite = '', components = ''] = match;
    if (!isOwnSuite(suite, release) || !hasMain(components)) return [];
    return [`deb ${where} ${suite} ${components.trim()}`, `deb-src ${where} ${suite} ${components.trim()}`];
  });
}

/**
 * @param {string} text
 * @param {string} release
 * @returns {string[]}
 */
function fromDeb822(text, release) {
  const stanzas = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n[ \t]*\n/);
  return stanzas.flatMap((stanza) => {
    /** @param {string} name */
    const field = (name) => new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1]?.trim() ?? '';
    const suites = field('Suites').split(/\s+/);
    if (/^(?:no|false|0|off)$/i.test(field('Enabled'))) return [];
    if (!field('Types') || !suites.every((suite) => isOwnSuite(suite, release))) return [];
    if (!hasMain(field('Components'))) return [];
    return [stanza.trim().replace(/^Types:.*$/im, 'Types: deb deb-src')];
  });
}

/**
 * @param {string} suite
 * @param {string} release
 */
function isOwnSuite(suite, release) {
  return [release, ...ROLLING_SUITES].some(
    (name) => name !== '' && suite.startsWith(name) && OWN_SUITES.test(suite.slice(name.length)),
  );
}

/** @param {string} components */
function hasMain(components) {
  return components.split(/\s+/).includes('main');
}

/** The code name of this machine's release, such as `bookworm`; empty where it has none. */
export function codename() {
  return /^VERSION_CODENAME="?([^"\n]*)"?$/m.exec(read('/etc/os-release'))?.[1] ?? '';
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} dir */
function readNames(dir) {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}
