import type { Group, Scenario, TargetKind } from '../../scenario/scenario.ts';
import { templateProblem } from './urlTemplate.ts';

export function isWhip(target: TargetKind): target is 'whip' | 'whep' {
  return target === 'whip' || target === 'whep';
}

/** What of a scenario WHIP and WHEP cannot do, and what is wrong with their URLs; a line each. */
export function whipProblems(
  scenario: Pick<Scenario, 'name' | 'target' | 'url' | 'whepUrl' | 'groups' | 'incidents'>,
): string[] {
  const { name, target, url, whepUrl, groups, incidents } = scenario;
  const problems: string[] = [];
  const refuse = (has: (group: Group) => boolean, what: string): void => {
    const group = groups.find(has);
    if (group) problems.push(`${name}: unsupported by ${target}: ${what} (${group.name})`);
  };
  for (const [flag, template] of [
    ['--url', url],
    ['--whep-url', whepUrl],
  ] as const) {
    const problem = typeof template === 'string' ? templateProblem(template) : undefined;
    if (problem !== undefined) problems.push(`${flag}: ${problem}`);
  }
  if (target === 'whep') {
    refuse(publishes, 'publishing, give --audio off --video off or --target whip');
    if (whepUrl !== undefined) problems.push('--whep-url: with --target whep it is --url');
  } else {
    if (whepUrl === undefined) refuse(views, 'viewing without --whep-url');
    refuse(({ video }) => (video?.layers ?? 1) > 1, 'simulcast, give --layers 1');
    refuse(({ screen, behaviour }) => screen || behaviour.share !== undefined, 'a screen share');
  }
  refuse(({ behaviour }) => behaviour.chat !== undefined, 'chat');
  refuse(({ behaviour }) => behaviour.dropNetwork !== undefined, 'dropNetwork');
  for (const what of ['dropAllNetworks', 'dropAllSockets'])
    if (incidents.some((incident) => incident.do === what))
      problems.push(`${name}: unsupported by ${target}: ${what}`);
  return problems;
}

function publishes({ audio, video, screen, behaviour }: Group): boolean {
  return audio !== 'off' || video !== null || screen || behaviour.share !== undefined;
}

function views({ subscribe }: Group): boolean {
  return [subscribe.audio, subscribe.video].some((wanted) => wanted !== 'none' && wanted !== 0);
}
