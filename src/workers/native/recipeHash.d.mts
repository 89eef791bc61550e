/** Everything that decides what the binary is. */
export const recipeDir: string;

/** A hash that changes with any file of the recipe; `dir` is where the recipe is. */
export function hashRecipe(dir?: string): string;
