import { role } from '../Tourist.ts';
import type { Step, Tour } from '../Tour.ts';

/** The call is recorded. What a recording leaves to be written goes on for a while, so that these do not follow each other. */
export const recording: readonly Step[] = [
  {
    name: 'records by command, and everybody is told',
    take: async (tour) => {
      await tour.me.command('startRecording', { mode: 'file' });
      await isRecorded(tour, true);
      await tour.me.sees(role('recording'));
      await tour.me.command('stopRecording');
      await isRecorded(tour, false);
    },
  },
];

export const recordingAgain: readonly Step[] = [
  {
    name: 'records by method',
    take: async (tour) => {
      await tour.me.call('startRecording');
      await isRecorded(tour, true);
      await tour.me.call('stopRecording');
      await isRecorded(tour, false);
    },
  },
];

async function isRecorded({ me, bob }: Tour, on: boolean): Promise<void> {
  await me.tells('recordingStatusChanged', { on });
  await me.holds('recording', on);
  await (on ? bob.sees('[data-role="recording"]') : bob.seesNo('[data-role="recording"]'));
}
