import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A camera with three layers, that moves and has noise as cameras have; frames/s that two cores can encode. */
export const CAMERA = { width: 1280, height: 720, fps: 15 };
const SECONDS = 4;

/** Makes the film of that camera once per machine, and says where it is. @param fps Frames/s. */
export function makeCamera(fps = CAMERA.fps): string {
  const { width, height } = CAMERA;
  const film = join(tmpdir(), `parley-bench-camera-${height}p${fps}.y4m`);
  if (existsSync(film)) return film;
  const unfinished = `${film}.${process.pid}`;
  const picture = `testsrc2=size=${width}x${height}:rate=${fps}:duration=${SECONDS},noise=alls=4:allf=t`;
  execFileSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      picture,
      '-pix_fmt',
      'yuv420p',
      '-f',
      'yuv4mpegpipe',
      unfinished,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  renameSync(unfinished, film);
  return film;
}
