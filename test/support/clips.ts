import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Real clips made with ffmpeg: a picture of one colour with a frame counter in coded blocks, and a tone. What is
 * decoded on the other side thereby says whose it is, and that it moves.
 */

export const CLIP = { width: 640, height: 360, fps: 15, frames: 60 };
/** Blocks of the counter, a bit each: eight of the number, eight of its complement. */
export const COUNTER_BITS = 8;

/** Red, green, blue. */
export type Rgb = readonly [number, number, number];

/** What the others see and hear of somebody. */
export interface Person {
  name: string;
  /** The colour under a clip's frame counter; or those that another picture goes through, one after the other. */
  colour: Rgb | readonly Rgb[];
  /** Hz. */
  tone: number;
}

/** Somebody whose camera and microphone are a clip. */
export interface ClipPerson extends Person {
  colour: Rgb;
}

export const PEOPLE: readonly ClipPerson[] = [
  { name: 'Ann', colour: [200, 40, 40], tone: 500 },
  { name: 'Bob', colour: [40, 160, 40], tone: 1000 },
  { name: 'Cyd', colour: [40, 60, 200], tone: 2000 },
];

/** Makes the clip of a person once per machine, and says where its picture and its sound are. */
export async function makeClip(person: ClipPerson): Promise<{ video: string; audio: string }> {
  const directory = clipsDirectory();
  const video = join(directory, `${person.name}.y4m`);
  const audio = join(directory, `${person.name}.wav`);
  if (!existsSync(video)) {
    const { width, height, fps } = CLIP;
    const raw = [
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgb24',
      '-s',
      `${width}x${height}`,
      '-r',
      String(fps),
      '-i',
      '-',
    ];
    await ffmpeg([...raw, '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe'], video, frames(person));
  }
  if (!existsSync(audio)) {
    await ffmpeg(
      ['-f', 'lavfi', '-i', `sine=frequency=${person.tone}:duration=10:sample_rate=48000`, '-f', 'wav'],
      audio,
    );
  }
  return { video, audio };
}

/**
 * Makes the sound of a person who talks, and says where it is: the person's tone, a syllable at a time.
 *
 * Who holds the floor is found by changes of loudness (Volfin and Cohen, which mediasoup's ActiveSpeakerObserver follows):
 * a steady tone is taken for the noise of a room, unless it happened to begin softly.
 */
export async function makeVoice({ name, tone }: ClipPerson): Promise<string> {
  const voice = join(clipsDirectory(), `${name}.voice.wav`);
  // From 20 dB below full scale down to 68.
  const loudness = '0.004+pow(max(0,sin(3*PI*t)),2)';
  const sound = `aevalsrc='0.1*sin(2*PI*${tone}*t)*(${loudness})':duration=10:sample_rate=48000`;
  if (!existsSync(voice)) await ffmpeg(['-f', 'lavfi', '-i', sound, '-f', 'wav'], voice);
  return voice;
}

function clipsDirectory(): string {
  const directory = join(tmpdir(), 'parley-test-clips-3');
  mkdirSync(directory, { recursive: true });
  return directory;
}

function* frames({ colour }: ClipPerson): Generator<Buffer> {
  const { width, height, frames: count } = CLIP;
  const blockWidth = width / (COUNTER_BITS * 2);
  for (let number = 0; number < count; number++) {
    const frame = Buffer.alloc(width * height * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [r, g, b] = y < height / 3 ? bitColour(number, Math.floor(x / blockWidth)) : colour;
        frame.set([r, g, b], (y * width + x) * 3);
      }
    }
    yield frame;
  }
}

function bitColour(number: number, block: number): Rgb {
  const bit = (number >> (block % COUNTER_BITS)) & 1;
  const isSet = block < COUNTER_BITS ? bit === 1 : bit === 0;
  return isSet ? [235, 235, 235] : [20, 20, 20];
}

async function ffmpeg(args: string[], output: string, input?: Iterable<Buffer>): Promise<void> {
  const unfinished = `${output}.${process.pid}`;
  const child = spawn('ffmpeg', ['-v', 'error', '-y', ...args, unfinished], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for (const chunk of input ?? []) {
    if (!child.stdin.write(chunk)) await new Promise((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  if ((await exited) !== 0) throw new Error(`ffmpeg failed: ${errors}`);
  renameSync(unfinished, output);
}
