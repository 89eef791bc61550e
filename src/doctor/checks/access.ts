import type { Facts } from '../facts.ts';
import { ok, skipped, warning, type Finding } from '../finding.ts';

/** Who gets in, where that is wider than it is meant to be as a rule. */
export function access({
  settings,
  audience,
  isHere,
}: Pick<Facts, 'settings' | 'audience' | 'isHere'>): Omit<Finding, 'check'>[] {
  if (!isHere) return [skipped('the settings are another machine’s')];
  const { production, open, allowedOrigins } = settings;
  const isOut = production || audience === 'internet';
  const findings: Omit<Finding, 'check'>[] = [];
  if (isOut && open) {
    findings.push(
      warning(
        'everybody gets into every room without a token',
        'unset PARLEY_OPEN, set PARLEY_API_KEY and PARLEY_API_SECRET',
      ),
    );
  }
  if (isOut && allowedOrigins?.includes('*')) {
    findings.push(
      warning(
        'pages of every site may connect people',
        'let PARLEY_ALLOWED_ORIGINS name the sites that embed it',
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [ok(open ? 'the server is open, for development' : 'people come with tokens')];
}
