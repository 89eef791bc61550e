/** What the process says with its exit status. */
export const EXIT = {
  /** It was told to end; after a drain: everybody was gone in time. */
  ended: 0,
  /** It could not start, or not end in order. */
  failed: 1,
  /** The configuration is wrong; another start with the same one ends like this. */
  badConfiguration: 2,
  /** A drain was over before everybody was gone; they were told to come back. */
  cutOff: 3,
} as const;
