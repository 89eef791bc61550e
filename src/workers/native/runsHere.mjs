// @ts-check
import { spawn } from 'node:child_process';

/** The status with which the worker ends when it is not started by mediasoup (`main.cpp`). */
const NOT_MY_FATHER = 41;

/**
 * Whether a worker binary can be executed on this machine (CPU, C library). Takes a few ms.
 *
 * @param {string} binary
 * @returns {Promise<boolean>}
 */
export function runsHere(binary) {
  return new Promise((resolve) => {
    // Without mediasoup's variables it says that its parent is not its real father, and exits.
    const child = spawn(binary, { env: {}, stdio: 'ignore', timeout: 5_000 });
    child.once('error', () => resolve(false));
    child.once('close', (status) => resolve(status === NOT_MY_FATHER));
  });
}
