import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { COMMAND_NAMES } from '../../client/element/embedding/commandNames.ts';
import { NOTHING_KNOWN } from '../../client/element/embedding/contract.ts';
import { CUSTOM_PROPERTIES } from '../../client/element/embedding/look.ts';
import { EXPORTED_PARTS } from '../../client/element/embedding/parts.ts';
import { UNMIRRORED } from '../../client/embed/setup.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const page = read('docs/embedding.md');
/** Everything that stands between backquotes, up to a parenthesis. */
const named = new Set(
  [...page.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`(\n]+)[^`\n]*`/g)].map((match) => match[1]?.trim()),
);

describe('docs/embedding.md', () => {
  it('names every command, custom property and part', () => {
    for (const name of [...COMMAND_NAMES, ...CUSTOM_PROPERTIES, ...EXPORTED_PARTS.split(', ')]) {
      expect(named).toContain(name);
    }
  });

  it('names every event', () => {
    const contract = /interface RoomElementEvents \{([^}]|\};)*?\n\}/.exec(
      read('client/element/embedding/contract.ts'),
    );
    const events = [...(contract?.[0] ?? '').matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]);
    expect(events).toContain('videoConferenceJoined');
    expect(events).toContain('toolbarButtonClicked');
    for (const name of events) expect(named).toContain(name);
  });

  it('names every attribute and every method', () => {
    const setup = read('client/embed/setup.ts');
    const attributes = [...setup.matchAll(/^ {2}\w+: '([\w-]+)',$/gm)].map((match) => match[1]);
    expect(attributes).toContain('token-url');
    for (const name of [...attributes, ...UNMIRRORED]) {
      expect([...named].some((one) => one === name)).toBe(true);
    }
    const methods = [...read('client/embed/RoomCommands.ts').matchAll(/^ {2}(?:get )?(\w+)\(/gm)].map(
      (match) => match[1],
    );
    expect(methods.length).toBeGreaterThan(30);
    for (const name of methods) expect(named).toContain(name);
  });

  it('knows custom properties that there are, and as much of a room as is told', () => {
    const tokens = read('client/element/tokens.css');
    for (const name of CUSTOM_PROPERTIES) expect(tokens).toContain(`${name}:`);
    expect(Object.keys(NOTHING_KNOWN)).toContain('participants');
  });
});
