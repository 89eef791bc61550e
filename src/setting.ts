import type { z } from 'zod';

/** One setting: its environment variable, what it accepts, its default, and what it means. */
export interface Setting<T = unknown> {
  env: `PARLEY_${string}`;
  schema: z.ZodType<T>;
  /** Absent: the setting stays undefined. */
  default?: unknown;
  /** How the default is shown, where its value says little. */
  defaultText?: string;
  description: string;
  /** Its value is never shown. */
  secret?: boolean;
}

/** Keeps the type of what it accepts. */
export const setting = <T>(definition: Setting<T>): Setting<T> => definition;
