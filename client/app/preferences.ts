import { DEFAULT_STAGE, toStageChoice } from '../element/stage/stageChoice.ts';
import { DEFAULT_SWITCHES, toSwitchChoice } from '../element/switches/switchChoice.ts';
import type { Preferences } from '../element/visitTypes.ts';

const KEY = 'parley.preferences';
const NOTHING: Preferences = {
  name: '',
  devices: {},
  audio: true,
  video: true,
  shortcuts: true,
  stage: DEFAULT_STAGE,
  sounds: true,
  language: '',
  noiseFilter: false,
  switches: DEFAULT_SWITCHES,
};

/** What this browser remembers of the last visit; defaults where it remembers nothing sensible. */
export function loadPreferences(storage: () => Storage = () => localStorage): Preferences {
  try {
    return toPreferences(JSON.parse(storage().getItem(KEY) ?? 'null'));
  } catch {
    return NOTHING;
  }
}

/** Where nothing can be stored, as in some private windows, nothing is remembered. */
export function savePreferences(preferences: Preferences, storage: () => Storage = () => localStorage): void {
  try {
    storage().setItem(KEY, JSON.stringify(preferences));
  } catch {
    // The visit goes on without.
  }
}

function toPreferences(stored: unknown): Preferences {
  if (typeof stored !== 'object' || stored === null) return NOTHING;
  const known = stored as Partial<Record<keyof Preferences, unknown>>;
  const { name, devices, audio, video, shortcuts, stage, sounds, language, noiseFilter, switches } = known;
  return {
    name: typeof name === 'string' ? name.slice(0, 64) : '',
    devices: Object.fromEntries(
      Object.entries(typeof devices === 'object' && devices !== null ? devices : {}).filter(
        ([kind, id]) => ['camera', 'microphone', 'speaker'].includes(kind) && typeof id === 'string',
      ),
    ),
    audio: audio !== false,
    video: video !== false,
    shortcuts: shortcuts !== false,
    stage: toStageChoice(stage),
    sounds: sounds !== false,
    noiseFilter: noiseFilter === true,
    switches: toSwitchChoice(switches),
    language: typeof language === 'string' ? language.slice(0, 35) : '',
  };
}
