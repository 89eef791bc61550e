/** A file to be chosen. */
export interface GivenFile {
  name: string;
  content: string;
}

/** How a browser is used as a person does, with real pointers and keys, whatever drives it. */
export interface Hands {
  /**
   * Opens a page and waits until it says this on its console. Nothing is run in it before: in Chromium, what a driver runs
   * in a page counts as a click of the person's.
   */
  open(url: string, said: string): Promise<void>;
  /** @param x CSS pixels, as `y`. @param times 2: a double click. */
  clickAt(x: number, y: number, times?: 1 | 2): Promise<void>;
  /** Presses a key and lets it go, as `KeyboardEvent.key` has it. */
  press(key: string): Promise<void>;
  hold(key: string): Promise<void>;
  letGo(key: string): Promise<void>;
  /** Types where the cursor is. */
  type(text: string): Promise<void>;
  resize(size: { width: number; height: number }): Promise<void>;
  /** Does what saves a file of this name, and resolves with what is in it. */
  saved(name: string, act: () => Promise<void>): Promise<string>;
  /** Does what asks for a file, and gives this one. */
  give(file: GivenFile, act: () => Promise<void>): Promise<void>;
}
