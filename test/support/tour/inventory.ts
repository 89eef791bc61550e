import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMAND_NAMES } from '../../../client/element/embedding/commandNames.ts';
import { MIRRORED, OBSERVED_ATTRIBUTES } from '../../../client/embed/setup.ts';

/* Everything that a person or a page can do with `<parley-room>`, read from its sources: `command toggleAudio`, `control react`. */

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** What a word in the list is the name of. */
export const KINDS = [
  'command',
  'method',
  'property',
  'event',
  'attribute',
  'key',
  'control',
  'role',
  'setting',
  'device',
] as const;
export type Kind = (typeof KINDS)[number];

/** All of it, each once. */
export function inventory(): Set<string> {
  return new Set(KINDS.flatMap((kind) => LISTS[kind]().map((name) => `${kind} ${name}`)));
}

/** Sources of the room and of the element around it, by path. */
const rooms = sources('client/element').filter(({ file }) => !file.includes('/languages/'));

const LISTS: Record<Kind, () => string[]> = {
  command: () => [...COMMAND_NAMES],
  method: () =>
    members(/^ {2}(?:abstract |override )?(?:async )?(\w+)\(/gm).filter((name) => !INNER.has(name)),
  property: () => [...members(/^ {2}get (\w+)\(/gm), ...Object.keys(MIRRORED)],
  event: () => {
    const contract = /interface RoomElementEvents \{([^}]|\};|\}>;)*?\n\}/.exec(
      read('client/element/embedding/contract.ts'),
    );
    return named(contract?.[0] ?? '', /^ {2}(\w+):/gm);
  },
  attribute: () => [
    ...Object.values(MIRRORED),
    ...OBSERVED_ATTRIBUTES,
    ...members(/[gs]etAttribute\('([\w-]+)'|hasAttribute\('([\w-]+)'/g),
  ],
  key: () => ['Space', ...named(read('client/element/shortcuts.ts'), /^ *(?:\{ )?key: '([^']+)'/gm)],
  control: () => rooms.flatMap(({ text }) => controls(text)),
  role: () =>
    rooms.flatMap(({ text }) => [
      ...named(text, /data-role="([\w-]+)"/g).filter((name) => name !== ''),
      ...named(text, /\bflag\(\s*'([\w-]+)'/g),
    ]),
  setting: () => rooms.flatMap(({ text }) => named(text, /#switch\(\{\s*name: '(\w+)'/g)),
  device: () => rooms.flatMap(({ text }) => named(text, /#select\('(\w+)'/g)),
};

/** What a browser calls, and the inner life of the element. */
const INNER = new Set([
  ...['constructor', 'connectedCallback', 'disconnectedCallback', 'connectedMoveCallback'],
  ...['attributeChangedCallback'],
]);

/** Of the element's class and those that it is made of. */
function members(pattern: RegExp): string[] {
  return ['ParleyRoomElement', 'RoomStart', 'RoomCommands'].flatMap((name) =>
    named(read(`client/embed/${name}.ts`), pattern),
  );
}

/** Every `data-action` that a source can put on the screen, whether it is written there or handed to what draws it. */
function controls(text: string): string[] {
  const families = [...text.matchAll(/action: `([\w-]+)-\$\{\w+\}`/g)].flatMap(([, stem = '']) =>
    named(text, FAMILIES[stem] ?? /(^)/).map((member) => `${stem}-${member}`),
  );
  return [
    ...named(text, /data-action="([\w-]+)"/g),
    ...named(text, /\baction: '([\w-]+)'/g),
    ...named(text, /dataset\['action'\] = '([\w-]+)'/g),
    ...named(text, /#(?:small|button)\('([\w-]+)'/g),
    ...named(text, /#toggle\('\w+', '([\w-]+)'/g),
    // The first argument may choose between two names.
    ...[...text.matchAll(/\bitem\(\s*([^,]+),/g)].flatMap(([, first = '']) => named(first, /'([a-z-]+)'/g)),
    ...families,
  ];
}

/** How the members of a family of controls are named where it is drawn. */
const FAMILIES: Record<string, RegExp> = { toggle: /#panel\('(\w+)'/g, layout: /#layout\('(\w+)'/g };

/** The first group that matched, of every match. */
function named(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(
    (match) => (match.slice(1) as (string | undefined)[]).find((group) => group !== undefined) ?? '',
  );
}

function sources(folder: string): { file: string; text: string }[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(file);
    return file.endsWith('.ts') ? [{ file, text: read(file) }] : [];
  });
}
