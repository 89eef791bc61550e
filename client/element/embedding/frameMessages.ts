import type { WireError } from '../../../src/protocol/errors.ts';
import { isStageChoice } from '../stage/stageChoice.ts';
import { isSwitchChoice } from '../switches/switchChoice.ts';
import { NOTHING_KNOWN, type RoomSetup, type RoomSummary, type SetupChange } from './contract.ts';

/** Grows when a page and a frame of different builds would not understand each other. */
const VERSION = 1;

/** What the page says to the frame that has the room, through the port. */
export type FromPage =
  | { type: 'setUp'; setup: RoomSetup }
  | { type: 'change'; change: SetupChange }
  | CommandMessage
  | { type: 'token'; id: number; token: string }
  | { type: 'noToken'; id: number; error: WireError };

export interface CommandMessage {
  type: 'command';
  id: number;
  name: string;
  args: readonly unknown[];
}

/** What the frame says to the page. */
export type FromFrame =
  | { type: 'summary'; summary: RoomSummary }
  | { type: 'event'; name: string; detail: unknown }
  | { type: 'done'; id: number }
  | { type: 'failed'; id: number; error: WireError }
  | { type: 'tokenWanted'; id: number; room: string };

/** How a window message of either side begins, so that others' are told apart. */
interface Greeting {
  parley: 'frame' | 'page';
  version: number;
  /** A command that carries the person's click along. */
  command?: CommandMessage;
}

export const frameGreeting: Greeting = { parley: 'frame', version: VERSION };
export const pageGreeting: Greeting = { parley: 'page', version: VERSION };

export function isGreeting(data: unknown, from: Greeting['parley']): boolean {
  return isRecord(data) && data['parley'] === from && data['version'] === VERSION;
}

/** The command in a window message of the page; undefined where there is none. */
export function commandIn(data: unknown): CommandMessage | undefined {
  if (!isGreeting(data, 'page')) return undefined;
  const message = parseFromPage((data as { command?: unknown }).command);
  return message?.type === 'command' ? message : undefined;
}

/** What the page said; undefined where it is nothing that this version knows. */
export function parseFromPage(data: unknown): FromPage | undefined {
  if (!isRecord(data)) return undefined;
  const { type, id, name, args, token, error } = data;
  switch (type) {
    case 'setUp': {
      const setup = data['setup'];
      return isRecord(setup) && isSetup(setup) ? { type, setup: setup as unknown as RoomSetup } : undefined;
    }
    case 'change': {
      const change = data['change'];
      return isRecord(change) && isSetup(change) ? { type, change } : undefined;
    }
    case 'command':
      return isId(id) && typeof name === 'string' && Array.isArray(args)
        ? { type, id, name, args }
        : undefined;
    case 'token':
      return isId(id) && typeof token === 'string' ? { type, id, token } : undefined;
    case 'noToken':
      return isId(id) && isWireError(error) ? { type, id, error } : undefined;
    default:
      return undefined;
  }
}

/** What the frame said; undefined where it is nothing that this version knows. */
export function parseFromFrame(data: unknown): FromFrame | undefined {
  if (!isRecord(data)) return undefined;
  const { type, id, name, room, error } = data;
  switch (type) {
    case 'summary': {
      const summary = data['summary'];
      return isRecord(summary) ? { type, summary: { ...NOTHING_KNOWN, ...summary } } : undefined;
    }
    case 'event':
      return typeof name === 'string' ? { type, name, detail: data['detail'] } : undefined;
    case 'done':
      return isId(id) ? { type, id } : undefined;
    case 'failed':
      return isId(id) && isWireError(error) ? { type, id, error } : undefined;
    case 'tokenWanted':
      return isId(id) && typeof room === 'string' ? { type, id, room } : undefined;
    default:
      return undefined;
  }
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const recordOfText: Check = (value) => isRecord(value) && Object.values(value).every(isText);

const SETUP: Record<keyof RoomSetup, Check> = {
  room: isText,
  name: isText,
  token: isText,
  asksForTokens: isFlag,
  autojoin: isFlag,
  audio: isText,
  video: isText,
  theme: oneOf('auto', 'light', 'dark'),
  shortcuts: oneOf('focus', 'page', 'off'),
  lang: isText,
  sounds: isText,
  devices: recordOfText,
  stage: isStageChoice,
  noiseFilter: isFlag,
  switches: isSwitchChoice,
  audioOnly: isFlag,
  buttons: (value) => Array.isArray(value) && value.every(isButton),
  look: recordOfText,
};

/** Whatever there is of a set-up is right. */
function isSetup(value: Record<string, unknown>): value is SetupChange {
  return Object.entries(SETUP).every(([key, check]) => value[key] === undefined || check(value[key]));
}

/** A page's button; an icon brings its picture along, so that nobody is told who looks at it. */
export function isButton(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { key, text, icon } = value;
  const hasIcon = typeof icon === 'string' && icon.startsWith('data:image/');
  return isText(key) && isText(text) && (icon === undefined || hasIcon);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isWireError(value: unknown): value is WireError {
  return isRecord(value) && isText(value['code']) && isText(value['message']);
}
