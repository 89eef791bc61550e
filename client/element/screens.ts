import { html, type TemplateResult } from 'lit';
import { captureOf, controlOf } from './controlViews.ts';
import { EXPORTED_PARTS } from './embedding/parts.ts';
import { captureProblems } from './errorText.ts';
import { spokenBy } from './languages/languages.ts';
import type { ParleyRoom } from './ParleyRoom.ts';
import { text } from './text.ts';
import type { Visit } from './Visit.ts';

/** What the person has in front: the screen before, during or after the call. */
export function screenOf(visit: Visit, element: ParleyRoom): TemplateResult {
  const { session, local } = visit;
  if (visit.closeReason) {
    return html`<parley-closed
      .reason=${visit.closeReason}
      .summary=${visit.summary}
      exportparts=${EXPORTED_PARTS}
      ><slot name="closed" slot="closed"></slot
    ></parley-closed>`;
  }
  if (session?.state) {
    return html`<parley-room-view
      .state=${session.state}
      .call=${session.conduct?.view}
      .link=${visit.link}
      .audio=${controlOf(session, 'audio')}
      .video=${controlOf(session, 'video')}
      .screenShare=${controlOf(session, 'screen')}
      .devices=${local.list}
      .chosen=${local.chosen}
      .choice=${visit.stage.choice}
      .shortcuts=${element.shortcuts !== 'off'}
      .sounds=${element.sounds !== '0'}
      .language=${spokenBy(element.lang)}
      .noiseFilter=${local.noiseFilter}
      .switches=${visit.switches.view}
      .ownButtons=${element.ownButtons}
      exportparts=${EXPORTED_PARTS}
      ><slot name="toolbar" slot="toolbar"></slot
    ></parley-room-view>`;
  }
  if (session?.waiting) return html`<parley-waiting .room=${element.room}></parley-waiting>`;
  if (session && visit.automatic) return connectingTo(element.room);
  return html`<parley-prejoin
    .room=${element.room}
    .name=${visit.name}
    .camera=${captureOf(local, 'camera')}
    .microphone=${captureOf(local, 'microphone')}
    .devices=${local.list}
    .chosen=${local.chosen}
    .deviceProblems=${captureProblems(local.error('camera'), local.error('microphone'))}
    .problem=${visit.problem}
    .asksPassword=${visit.asksPassword}
    .joining=${session !== null}
    exportparts=${EXPORTED_PARTS}
    ><slot name="prejoin" slot="prejoin"></slot
  ></parley-prejoin>`;
}

function connectingTo(room: string): TemplateResult {
  return html`<div class="connecting" role="status">
    <span class="spinner"></span>
    <p>${room ? text.connecting(room) : text.connectingShort}</p>
  </div>`;
}
