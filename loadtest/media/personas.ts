/** What a browser shall see and hear of a bot. */
export interface Persona {
  name: string;
  /** Red, green, blue of the plain area in the middle of the picture's lower part. */
  colour: readonly [number, number, number];
  /** Hz; the loudest frequency of the voice. */
  tone: number;
}

/** Those that there are. */
export const PERSONAS = [
  { name: 'red', colour: [200, 40, 40], tone: 500 },
  { name: 'green', colour: [40, 160, 40], tone: 1000 },
  { name: 'blue', colour: [40, 60, 200], tone: 2000 },
] as const satisfies readonly Persona[];

/** What bots use unless somebody wants to tell them apart: one clip, made once. */
export const DEFAULT_PERSONA: Persona = PERSONAS[0];
