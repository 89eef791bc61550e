import { z } from 'zod';
import type { ErrorCode } from '../protocol/errors.ts';
import { ParleyError } from '../support/errors.ts';

/** Statuses that RFC 9725 and RFC 9110 ask for and that no code of the protocol stands for alone. */
const CODES = {
  400: 'badRequest',
  405: 'badRequest',
  406: 'badRequest',
  409: 'invalidState',
  412: 'conflict',
  413: 'badRequest',
  415: 'badRequest',
  422: 'badRequest',
  428: 'badRequest',
  429: 'limitExceeded',
} as const satisfies Record<number, ErrorCode>;

export type WhipStatus = keyof typeof CODES;

/** A problem on its way from node to node. */
export const problemSchema = z.object({
  status: z.custom<WhipStatus>((status) => typeof status === 'number' && status in CODES),
  message: z.string(),
  headers: z.record(z.string(), z.string()),
});

/** A request that is refused with an HTTP status of its own, and with headers that go with it. */
export class WhipProblem extends ParleyError {
  readonly status: WhipStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: WhipStatus,
    message: string,
    {
      headers = {},
      ...options
    }: { headers?: Record<string, string>; details?: string[]; cause?: unknown } = {},
  ) {
    super(CODES[status], message, options);
    this.name = 'WhipProblem';
    this.status = status;
    this.headers = headers;
  }

  /** The one that travelled. */
  static of({ status, message, headers }: z.output<typeof problemSchema>): WhipProblem {
    return new WhipProblem(status, message, { headers });
  }

  /** Its form from node to node. */
  toNode(): z.output<typeof problemSchema> {
    return { status: this.status, message: this.message, headers: this.headers };
  }
}
