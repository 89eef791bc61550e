import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

let server: ServerProcess;
let people: Participant[];
const [ann, bob, cyd] = PEOPLE as [ClipPerson, ClipPerson, ClipPerson];
const participant = (person: ClipPerson): Participant => people[PEOPLE.indexOf(person)]!;

declare global {
  interface Window {
    testConnections: RTCPeerConnection[];
  }
}

/** Runs in the page, before anything else: all its peer connections gather in `testConnections`. */
function keepConnections(): void {
  const Original = window.RTCPeerConnection;
  const kept: RTCPeerConnection[] = (window.testConnections = []);
  window.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      kept.push(this);
    }
  };
}

/** Runs in the page, before anything else: makes it a browser that knows VP8 and H264 only. */
function forgetNewerCodecs(): void {
  const prototype = window.RTCPeerConnection.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its connection
  const addTransceiver = prototype.addTransceiver;
  prototype.addTransceiver = function (track, init) {
    const transceiver = addTransceiver.call(this, track, init);
    const { kind } = transceiver.receiver.track;
    const known = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
    transceiver.setCodecPreferences(known.filter(({ mimeType }) => !/vp9|av1|h265/i.test(mimeType)));
    return transceiver;
  };
}

/** Runs in the page: whether that many videos are being received, all of them in this codec. */
async function receivesOnly({ mimeType, videos }: { mimeType: string; videos: number }): Promise<boolean> {
  const reports = await Promise.all(window.testConnections.map((connection) => connection.getStats()));
  const codecs = reports.flatMap((report) =>
    [...(report as unknown as ReadonlyMap<string, Record<string, unknown>>).values()]
      .filter(({ type, kind, framesDecoded }) => type === 'inbound-rtp' && kind === 'video' && framesDecoded)
      .map(({ codecId }) => (report.get(String(codecId)) as { mimeType?: string } | undefined)?.mimeType),
  );
  return codecs.length === videos && codecs.every((codec) => codec === mimeType);
}

async function allReceive(here: readonly ClipPerson[], mimeType: string): Promise<void> {
  for (const one of here) {
    for (const other of here) if (other !== one) await participant(one).seesAndHears(other);
    await participant(one).until(`nothing but ${mimeType}`, receivesOnly, {
      mimeType,
      videos: here.length - 1,
    });
  }
}

beforeAll(async () => {
  server = await ServerProcess.start({ PARLEY_VIDEO_CODECS: 'video/VP9,video/VP8' });
  people = await Promise.all(PEOPLE.map((person) => Participant.launch(person)));
  for (const { page } of people) await page.addInitScript(keepConnections);
  await participant(cyd).page.addInitScript(forgetNewerCodecs);
}, 60_000);

afterAll(async () => {
  await Promise.all(people.map((one) => one.close()));
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

describe('a room that prefers VP9', () => {
  it('has it while everybody decodes it', async () => {
    await participant(ann).join(server.url, 'codecs');
    await participant(bob).join(server.url, 'codecs');
    await allReceive([ann, bob], 'video/VP9');
  }, 60_000);

  it('falls back to VP8 when somebody comes who does not, and all see each other', async () => {
    await participant(cyd).join(server.url, 'codecs');
    await allReceive([ann, bob, cyd], 'video/VP8');
  }, 60_000);

  it('takes it up again when she has left', async () => {
    await participant(cyd).click('leave');
    await allReceive([ann, bob], 'video/VP9');
  }, 60_000);

  it('leaves no errors on the pages', () => {
    expect(people.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
