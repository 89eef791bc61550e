import { createHash } from 'node:crypto';

/** A Lua script, which Redis knows by its hash after the first time. */
export class Script {
  readonly source: string;
  readonly sha: string;

  constructor(source: string) {
    this.source = source;
    this.sha = createHash('sha1').update(source).digest('hex');
  }
}
