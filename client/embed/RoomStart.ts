import type { ChosenDevices } from '../element/LocalDevices.ts';
import { DEFAULT_STAGE, toStageChoice, type StageChoice } from '../element/stage/stageChoice.ts';
import { DEFAULT_SWITCHES, toSwitchChoice, type SwitchChoice } from '../element/switches/switchChoice.ts';
import { RoomCommands } from './RoomCommands.ts';

/** How `<parley-room>` begins: what a page gives it besides texts, such as what `preferenceschanged` told before. */
export abstract class RoomStart extends RoomCommands {
  #devices: ChosenDevices = {};
  #stage = DEFAULT_STAGE;
  #noiseFilter = false;
  #switches = DEFAULT_SWITCHES;

  get autojoin(): boolean {
    return this.hasAttribute('autojoin');
  }

  set autojoin(on: boolean) {
    this.toggleAttribute('autojoin', on);
  }

  /** Begin without the others' pictures. */
  get audioOnly(): boolean {
    return this.hasAttribute('audio-only');
  }

  set audioOnly(on: boolean) {
    this.toggleAttribute('audio-only', on);
  }

  /** Ids of camera, microphone and speaker to start with. */
  get devices(): ChosenDevices {
    return this.#devices;
  }

  set devices(devices: ChosenDevices) {
    this.#devices = { ...devices };
  }

  /** How the participants are shown to start with. */
  get stage(): StageChoice {
    return this.#stage;
  }

  set stage(stage: StageChoice) {
    this.#stage = toStageChoice(stage);
  }

  /** Take the noise out of the microphone from the start. */
  get noiseFilter(): boolean {
    return this.#noiseFilter;
  }

  set noiseFilter(on: unknown) {
    this.#noiseFilter = Boolean(on);
  }

  /** Quality of pictures, captions, and the camera where there are no pictures, to start with. */
  get switches(): SwitchChoice {
    return this.#switches;
  }

  set switches(switches: SwitchChoice) {
    this.#switches = toSwitchChoice(switches);
  }
}
