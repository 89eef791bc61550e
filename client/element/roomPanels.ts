import { html, type TemplateResult } from 'lit';
import type { MediaSource } from '../../src/protocol/models.ts';
import type { RoomState } from '../lib/publicTypes.ts';
import type { Arrangement, Panel } from './requests.ts';
import type { RoomView } from './RoomView.ts';
import { text } from './text.ts';

/** What opens beside the stage. */
export function panelOf(panel: Panel, view: RoomView, { statisticsOf }: Arrangement): TemplateResult {
  const { state } = view;
  switch (panel) {
    case 'chat':
      return html`<parley-chat
        .messages=${state.chat}
        .ownPeerId=${state.peerId}
        .allowed=${mayWrite(state)}
        .peers=${state.peers}
        .files=${view.call.files}
        .maxFileSize=${state.settings.maxFileSize}
      ></parley-chat>`;
    case 'people':
      return html`<parley-people .state=${state} .link=${view.link}></parley-people>`;
    case 'host':
      return html`<parley-host .settings=${state.settings}></parley-host>`;
    case 'statistics':
      return html`<parley-statistics .peers=${state.peers} .subject=${statisticsOf}></parley-statistics>`;
    case 'settings':
      return html`<parley-settings
        .devices=${view.devices}
        .chosen=${view.chosen}
        .shortcuts=${view.shortcuts}
        .sounds=${view.sounds}
        .language=${view.language}
        .noiseFilter=${view.noiseFilter}
        .switches=${view.switches}
        .cameraTrack=${ownTrack(view, 'camera')}
        .microphoneTrack=${ownTrack(view, 'microphone')}
      ></parley-settings>`;
  }
}

/** As assistive technology reads it. */
export function panelName(panel: Panel): string {
  const { chat, people, settings, statistics, hostControls } = text;
  return { chat, people, settings, statistics, host: hostControls }[panel];
}

function ownTrack({ state }: RoomView, source: MediaSource): MediaStreamTrack | null {
  const local = state.peers.find((peer) => peer.isLocal);
  return local?.publications.find((publication) => publication.source === source)?.track ?? null;
}

/** By the token, and by what hosts set for the others. */
function mayWrite({ permissions, settings, role }: RoomState): boolean {
  return permissions.canPublishData && (settings.chat || role === 'host');
}
