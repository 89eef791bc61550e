/** The machine's own package sources, with their source packages switched on: text of a `.list` and a `.sources`. */
export function sourcesWithSource(etc?: string, release?: string): { list: string; sources: string };
