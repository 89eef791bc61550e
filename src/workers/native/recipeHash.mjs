// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Everything that decides what the binary is: wrapper projects, patch, precompiled header and compiler options. The
 * code around it only carries the recipe out, so a change there asks for no rebuild.
 */
export const recipeDir = join(dirname(fileURLToPath(import.meta.url)), 'recipe');

/**
 * A hash that changes with any file of the recipe.
 *
 * @param {string} [dir] Where the recipe is.
 */
export function hashRecipe(dir = recipeDir) {
  const hash = createHash('sha256');
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'));
  for (const file of files.sort()) {
    const content = readFileSync(join(dir, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}
