import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourcesWithSource } from '../../src/workers/native/debian/sources.mjs';

let etc: string;

beforeEach(() => {
  etc = mkdtempSync(join(tmpdir(), 'parley-apt-test-'));
  mkdirSync(join(etc, 'sources.list.d'));
});

afterEach(() => rmSync(etc, { recursive: true, force: true }));

it('switches source packages on in one-line sources, and takes those of the distribution only', () => {
  writeFileSync(
    join(etc, 'sources.list'),
    [
      '# deb http://commented.example/debian bookworm main',
      'deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib # ours',
      'deb http://mirror.example/security bookworm-security main',
      'deb-src http://mirror.example/debian bookworm main',
    ].join('\n'),
  );
  writeFileSync(
    join(etc, 'sources.list.d', 'vendor.list'),
    'deb https://vendor.example/apt vendor-bookworm main\ndeb https://vendor.example/apt bookworm stable\n',
  );
  expect(sourcesWithSource(etc, 'bookworm')).toEqual({
    list: [
      'deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib',
      'deb-src [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib',
      'deb http://mirror.example/security bookworm-security main',
      'deb-src http://mirror.example/security bookworm-security main',
      'deb http://mirror.example/debian bookworm main',
      'deb-src http://mirror.example/debian bookworm main',
      '',
    ].join('\n'),
    sources: '',
  });
});

it('switches source packages on in deb822 sources', () => {
  const own = [
    'Types: deb',
    '# a comment',
    'URIs: http://mirror.example/debian',
    'Suites: trixie trixie-updates',
    'Components: main',
    'Signed-By:',
    ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
    ' .',
    ' abc',
  ];
  const off = ['Enabled: no', 'Types: deb', 'URIs: http://off.example', 'Suites: trixie', 'Components: main'];
  const vendor = ['Types: deb', 'URIs: https://vendor.example', 'Suites: nodistro', 'Components: main'];
  const text = [own, off, vendor].map((stanza) => `${stanza.join('\n')}\n`).join('\n');
  writeFileSync(join(etc, 'sources.list.d', 'debian.sources'), text);
  expect(sourcesWithSource(etc, 'trixie')).toEqual({
    list: '',
    sources: ['Types: deb deb-src', ...own.slice(2)].join('\n'),
  });
});

it('finds nothing where there is no apt', () => {
  expect(sourcesWithSource(join(etc, 'none'), 'bookworm')).toEqual({ list: '', sources: '' });
});
