// @ts-check
import { writeFileSync } from 'node:fs';

/**
 * @typedef {object} Summary
 * @property {number} passed
 * @property {number} failed Tests that failed, and test files that could not even run.
 * @property {number} skipped
 */

/** The environment variable that says where the summary goes. */
export const SUMMARY_FILE = 'PARLEY_TEST_SUMMARY';

/** A Jest reporter that leaves the counts for `scripts/test.mjs`. */
export default class JestSummary {
  /**
   * @param {unknown} _contexts
   * @param {import('@jest/reporters').AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    const file = process.env[SUMMARY_FILE];
    if (!file) return;
    /** @type {Summary} */
    const summary = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(file, JSON.stringify(summary));
  }
}
