import type { Request } from '../requests.ts';
import type { RoomSession } from '../RoomSession.ts';
import type { StageChoice } from './stageChoice.ts';

export interface StageReports {
  /** The person wants the participants shown in another way from now on. */
  chose: () => void;
  complain: (sentence: string) => void;
}

/** Answers, during a visit, what the stage asks for beyond itself; keeps how the person wants it, across stays. */
export class StageRequests {
  choice: StageChoice;
  readonly #reports: StageReports;

  constructor(choice: StageChoice, reports: StageReports) {
    this.choice = choice;
    this.#reports = reports;
  }

  /** `session`: null outside the room. What is no such request is left alone. */
  async answer(request: Request, session: RoomSession | null): Promise<void> {
    switch (request.type) {
      case 'complain':
        this.#reports.complain(request.sentence);
        return;
      case 'readStatistics': {
        const stats = await session?.client?.getStats();
        if (stats) request.take(stats);
        return;
      }
      case 'reportArrangement': {
        const { layout, hideSelf, mirrorSelf } = request.arrangement;
        const before = this.choice;
        if (layout === before.layout && hideSelf === before.hideSelf && mirrorSelf === before.mirrorSelf)
          return;
        this.choice = { layout, hideSelf, mirrorSelf };
        this.#reports.chose();
        return;
      }
      default:
    }
  }
}
