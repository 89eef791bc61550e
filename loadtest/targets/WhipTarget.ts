import { badRequest } from '../../src/support/errors.ts';
import type { JoinRequest, Seat, Target } from './Target.ts';
import { fillTemplate, templateProblem } from './whip/urlTemplate.ts';
import { WhipSeat } from './whip/WhipSeat.ts';

export interface WhipTargetOptions {
  /** What the URL of a join is: where bots publish (RFC 9725), or where they view (draft-ietf-wish-whep). */
  url: 'whip' | 'whep';
  /** Where bots view if the other is for publishing; a template as that. */
  whepUrl?: string;
  /** A bearer token; undefined where none is needed. */
  token: (room: string, name: string) => Promise<string | undefined>;
}

/** Any server that takes media over WHIP, or gives it over WHEP; its URLs may have `{room}` and `{name}` in them. */
export class WhipTarget implements Target {
  readonly #options: WhipTargetOptions;

  constructor(options: WhipTargetOptions) {
    this.#options = options;
  }

  /** Asks nothing of the server yet: there is no joining but publishing and viewing. @throws ParleyError `badRequest`. */
  async join(request: JoinRequest): Promise<Seat> {
    const { url: kind, whepUrl, token } = this.#options;
    const { room, name } = request;
    const fill = (template: string): string => {
      const problem = templateProblem(template);
      if (problem !== undefined) throw badRequest(problem);
      return fillTemplate(template, { room, name });
    };
    const url = fill(request.url);
    return new WhipSeat({
      whipUrl: kind === 'whip' ? url : undefined,
      whepUrl: kind === 'whep' ? url : whepUrl === undefined ? undefined : fill(whepUrl),
      token: await token(room, name),
      request,
    });
  }
}
