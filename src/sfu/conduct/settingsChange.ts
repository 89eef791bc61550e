import type { SettingsChange } from '../../protocol/conductRequests.ts';
import type { RoomChange, RoomDefinition, RoomRules } from '../RoomDefinition.ts';
import { hashPassword } from './password.ts';

/** What a change of settings changes about a room. @throws ParleyError as `hashPassword`. */
export async function settingsChange(
  { rules: before }: RoomDefinition,
  { password, ...wanted }: SettingsChange & Pick<RoomRules, 'firstIsHost'>,
): Promise<RoomChange> {
  const said = (Object.entries(wanted) as [string, unknown][]).filter(([, value]) => value !== undefined);
  const rules: RoomRules = { ...before, ...Object.fromEntries(said) };
  if (password === undefined) return { rules };
  return { rules, passwordHash: password === null ? '' : await hashPassword(password) };
}
