import { statfs } from 'node:fs/promises';

/** Whether the disk of a directory has so many bytes free for this process; also where that cannot be told. */
export async function hasFree(directory: string, bytes: number): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize >= bytes;
  } catch {
    return true;
  }
}
