import process from 'node:process';
import { InvalidArgumentError, type Command } from 'commander';
import { compose } from '../recording/compose/compose.ts';

interface ComposeCommandOptions {
  output: string;
  size: { width: number; height: number };
  fps: number;
  overwrite: boolean;
}

/** `parley compose`: one video of a recording. */
export function addComposeCommand(program: Command): void {
  program
    .command('compose')
    .description('make one video of a recording: everybody in a grid, with the sound of all; needs ffmpeg')
    .argument('<recording>', 'directory of the recording, or its timeline.json')
    .requiredOption('--output <file>', 'what to make, .mp4 (H264, AAC) or .webm (VP8, Opus)')
    .option('--size <size>', 'of the picture', parseSize, { width: 1280, height: 720 })
    .option('--fps <number>', 'pictures a second', parseFps, 30)
    .option('--overwrite', 'where the output is there already', false)
    .action(async (recording: string, { output, size, fps, overwrite }: ComposeCommandOptions) => {
      const end = new AbortController();
      const stop = (): void => end.abort();
      process.once('SIGINT', stop).once('SIGTERM', stop);
      const onProgress = (done: number, of: number): void =>
        void process.stderr.write(`parley: part ${done} of ${of}\n`);
      await compose({
        recording,
        output,
        picture: { ...size, fps },
        overwrite,
        onProgress,
        signal: end.signal,
      });
    });
}

function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d{2,4})x(\d{2,4})$/.exec(text);
  const [width, height] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || width % 2 !== 0 || height % 2 !== 0)
    throw new InvalidArgumentError('must be such as 1280x720, of even numbers');
  return { width, height };
}

function parseFps(text: string): number {
  const fps = Number(text);
  if (!/^\d{1,2}$/.test(text) || fps < 1 || fps > 60) throw new InvalidArgumentError('must be 1 to 60');
  return fps;
}
