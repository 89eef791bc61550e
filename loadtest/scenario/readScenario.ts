import { basename, extname } from 'node:path';
import {
  isAlias,
  isMap,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
} from 'yaml';
import { badRequest } from '../../src/support/errors.ts';
import { didYouMean } from '../nearest.ts';
import { builtinNames, builtinText } from './builtins.ts';
import { compileScenario, type ScenarioDraft } from './compileScenario.ts';
import { problemsOf, scenarioFileSchema } from './scenarioFile.ts';

type Path = readonly (string | number)[];

/**
 * Understands a scenario file, YAML or JSON.
 *
 * @param file as shown in errors; its name without ending is the scenario's, unless it says another.
 * @throws ParleyError `badRequest`; `details` has a line for each problem: file, line, column, field, what is wrong.
 */
export function readScenario(text: string, file: string): ScenarioDraft {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = new Map<string, number>();
  const add = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    problems.set(`${file}:${line}:${col} ${message}`, offset);
  };
  const report = (path: Path, message: string): void => {
    add(offsetOf(document, path), path.length > 0 ? `${fieldName(path)}: ${message}` : message);
  };
  const stopAtProblems = (): void => {
    if (problems.size === 0) return;
    const count = problems.size === 1 ? 'a problem' : `${problems.size} problems`;
    const details = [...problems].sort(([, one], [, other]) => one - other).map(([line]) => line);
    throw badRequest(`${file} has ${count}`, { details });
  };

  for (const error of document.errors) add(error.pos[0], sentence(error.message));
  stopAtProblems();
  const content = contentOf(document, add);
  stopAtProblems();
  const result = scenarioFileSchema.safeParse(content);
  if (!result.success) {
    for (const { path, message } of problemsOf(result.error)) report(path, message);
  }
  stopAtProblems();
  const written = result.data ?? {};
  if (written.extends !== undefined && !builtinNames().includes(written.extends)) {
    report(
      ['extends'],
      `there is no scenario ${written.extends}${didYouMean(written.extends, builtinNames())}`,
    );
  }
  stopAtProblems();
  const base = written.extends === undefined ? null : readBuiltin(written.extends);
  const name = written.name ?? basename(file, extname(file));
  const draft = compileScenario({ ...written, name }, base, report);
  stopAtProblems();
  return draft;
}

/**
 * One of the scenarios that come with the tool.
 *
 * @throws ParleyError `notFound`.
 */
export function readBuiltin(name: string): ScenarioDraft {
  return readScenario(builtinText(name), `${name}.yaml`);
}

/** An empty file is one that changes nothing. */
function contentOf(document: Document, add: (offset: number, message: string) => void): unknown {
  const dangling: Alias[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (!alias.resolve(document)) dangling.push(alias);
    },
  });
  for (const alias of dangling) add(startOf(alias) ?? 0, `nothing before it is called &${alias.source}`);
  if (dangling.length > 0) return {};
  try {
    return document.toJS() ?? {};
  } catch (error) {
    add(0, sentence((error as Error).message));
    return {};
  }
}

/** Where a field stands: its value, or the name of a field that should not be there, or the nearest thing around. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    let key: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(part));
      [key, node] = [pair?.key, pair?.value];
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
    } else {
      return offset;
    }
    const start = node === null || node === undefined ? startOf(key) : valueStart(node, key);
    if (start === undefined) return offset;
    offset = start;
  }
  return offset;
}

/** A mapping's own start is its first field; its name is what a person looks for. */
function valueStart(node: unknown, key: unknown): number | undefined {
  return isMap(node) && !node.flow ? (startOf(key) ?? startOf(node)) : startOf(node);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/** `groups[0].video.codec`. */
function fieldName(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}

/** The library's first line, without a full stop and with a small letter. */
function sentence(message: string): string {
  const line = (message.split('\n')[0] ?? '').replace(/[.:]$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}
