import type { Rgb } from '../../support/clips.ts';

/** What a page is to publish. */
export interface Show {
  /** By which the page knows it, and as which the room shows it. */
  name: string;
  endpoint: string;
  colour: Rgb;
  /** Such as `video/VP9`. */
  codec: string;
  width: number;
  /** Of its simulcast streams, the smallest first, each twice as wide as the one before; none: no simulcast. */
  rids?: readonly string[];
}

/** What a player has of a video. */
export interface Played {
  codec: string;
  /** That were decoded. */
  frames: number;
  width: number;
}

declare global {
  interface Window {
    studio: ReturnType<typeof makeStudio>;
  }
}

/** The script that puts `window.studio` into a page. */
export const studioScript = (): string => `window.studio = (${makeStudio.toString()})()`;

/**
 * Publishes pictures of a colour and a voice by WHIP, and plays by WHEP, with nothing but what a browser has. Runs in the
 * page, and everything that it needs is inside.
 */
function makeStudio() {
  interface Session {
    connection: RTCPeerConnection;
    location: string;
    answer: string;
    voice?: (isAudible: boolean) => void;
  }
  type Stats = Record<string, unknown>;
  const sessions = new Map<string, Session>();
  const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true });

  const session = (name: string): Session => {
    const known = sessions.get(name);
    if (!known) throw new Error(`no session ${name}`);
    return known;
  };
  const statsOf = async (name: string): Promise<Stats[]> => {
    const all: Stats[] = [];
    (await session(name).connection.getStats()).forEach((each) => all.push(each as Stats));
    return all;
  };
  const credentialsOf = (sdp: string): string[] =>
    ['ice-ufrag', 'ice-pwd'].map((key) => new RegExp(`^a=${key}:(\\S+)`, 'm').exec(sdp)?.[1] ?? '');

  async function open(name: string, connection: RTCPeerConnection, endpoint: string): Promise<Session> {
    await connection.setLocalDescription(await connection.createOffer());
    const post = () =>
      fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp' },
        body: connection.localDescription?.sdp ?? '',
      });
    let response = await post();
    // Nothing is live yet.
    while (response.status === 409) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      response = await post();
    }
    const answer = await response.text();
    if (response.status !== 201) throw new Error(`${response.status}: ${answer}`);
    const location = new URL(response.headers.get('location') ?? '', endpoint).href;
    const opened = { connection, location, answer };
    sessions.set(name, opened);
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    return opened;
  }

  /** A picture whose lower half is the colour; something moves in the upper one. */
  function film([red, green, blue]: Rgb, width: number): MediaStreamTrack {
    const height = (width * 9) / 16;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d')!;
    let at = 0;
    setInterval(() => {
      context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#ffffff';
      context.fillRect((at += 8) % width, 20, 60, 60);
    }, 66);
    return canvas.captureStream().getVideoTracks()[0]!;
  }

  /** Syllables: a steady tone is taken for the noise of a room. */
  function voice() {
    const context = new AudioContext();
    const gain = new GainNode(context, { gain: 0 });
    const output = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: 400 });
    tone.connect(gain).connect(output);
    tone.start();
    let isAudible = false;
    let isLoud = false;
    setInterval(() => {
      isLoud = !isLoud;
      const level = !isAudible ? 0 : isLoud ? 0.3 : 0.003;
      gain.gain.setTargetAtTime(level, context.currentTime, 0.02);
    }, 300);
    return {
      track: output.stream.getAudioTracks()[0]!,
      speak: (audible: boolean) => void (isAudible = audible),
    };
  }

  return {
    async publish({ name, endpoint, colour, codec, width, rids = [] }: Show): Promise<void> {
      const connection = new RTCPeerConnection();
      const { track, speak } = voice();
      const stream = new MediaStream();
      connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      const camera = connection.addTransceiver(film(colour, width), {
        direction: 'sendonly',
        streams: [stream],
        ...(rids.length > 0
          ? {
              sendEncodings: rids.map((rid, i) => ({
                rid,
                scaleResolutionDownBy: 2 ** (rids.length - 1 - i),
              })),
            }
          : {}),
      });
      const { codecs = [] } = RTCRtpSender.getCapabilities('video') ?? {};
      camera.setCodecPreferences(
        codecs.filter(({ mimeType }) => mimeType === codec || mimeType === 'video/rtx'),
      );
      const opened = await open(name, connection, `${endpoint}?name=${name}`);
      opened.voice = speak;
    },

    speak(name: string, isAudible: boolean): void {
      session(name).voice?.(isAudible);
    },

    /** Has a sender in simulcast send these streams and no others. */
    async send(name: string, rids: readonly string[]): Promise<void> {
      for (const sender of session(name).connection.getSenders()) {
        if (sender.track?.kind !== 'video') continue;
        const parameters = sender.getParameters();
        for (const encoding of parameters.encodings) encoding.active = rids.includes(encoding.rid ?? '');
        // A busy machine is to cost frames, not the layer that is waited for.
        parameters.degradationPreference = 'maintain-resolution';
        await sender.setParameters(parameters);
      }
    },

    async play(endpoint: string): Promise<void> {
      const connection = new RTCPeerConnection();
      const stream = new MediaStream();
      for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
      connection.addEventListener('track', ({ track }) => stream.addTrack(track));
      video.srcObject = stream;
      document.body.append(video);
      await open('player', connection, endpoint);
    },

    /** The colour under what moves; undefined while nothing is shown. */
    colour(): number[] | undefined {
      if (video.readyState < 2) return undefined;
      const context = new OffscreenCanvas(16, 16).getContext('2d')!;
      context.drawImage(video, 0, 0, 16, 16);
      return [...context.getImageData(8, 13, 1, 1).data].slice(0, 3);
    },

    async played(): Promise<Played> {
      const all = await statsOf('player');
      const inbound = all.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
      const codec = all.find(({ id }) => id === inbound?.['codecId']);
      return {
        codec: String(codec?.['mimeType']),
        frames: Number(inbound?.['framesDecoded'] ?? 0),
        width: Number(inbound?.['frameWidth'] ?? 0),
      };
    },

    answer: (name: string): string => session(name).answer,

    /** Begins another ICE session (RFC 9725 section 4.3.3); resolves with what this side is called in it. */
    async restartIce(name: string): Promise<string> {
      const { connection, location, answer } = session(name);
      connection.restartIce();
      await connection.setLocalDescription(await connection.createOffer());
      const [ufrag = '', pwd = ''] = credentialsOf(connection.localDescription?.sdp ?? '');
      const response = await fetch(location, {
        method: 'PATCH',
        headers: { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' },
        body: `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${pwd}\r\na=end-of-candidates\r\n`,
      });
      const fragment = await response.text();
      if (response.status !== 200) throw new Error(`${response.status}: ${fragment}`);
      const [otherUfrag, otherPwd] = credentialsOf(fragment);
      const sdp = answer
        .replaceAll(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${otherUfrag}`)
        .replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${otherPwd}`);
      await connection.setRemoteDescription({ type: 'answer', sdp });
      return ufrag;
    },

    /** Whether media travels over the ICE session in which this side is called so. */
    async isConnectedAs(name: string, ufrag: string): Promise<boolean> {
      const all = await statsOf(name);
      const transport = all.find(({ type }) => type === 'transport');
      const pair = all.find(({ id }) => id === transport?.['selectedCandidatePairId']);
      const local = all.find(({ id }) => id === pair?.['localCandidateId']);
      return pair?.['state'] === 'succeeded' && local?.['usernameFragment'] === ufrag;
    },

    async close(): Promise<void> {
      for (const { connection, location } of sessions.values()) {
        connection.close();
        await fetch(location, { method: 'DELETE' });
      }
      sessions.clear();
    },
  };
}
