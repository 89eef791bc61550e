import type { IncomingFile } from '../../lib/files/IncomingFile.ts';
import type { OutgoingFile } from '../../lib/files/OutgoingFile.ts';
import { outgoingView, type FileView } from './fileViews.ts';

interface Place {
  view: FileView;
  file: IncomingFile | OutgoingFile;
}

/** Files that are kept on the shelf; of those that are over the oldest go. */
const MOST = 50;

/** The files of one stay, as the chat shows them; what was received stays in memory until it is put away. */
export class FileShelf {
  readonly #places = new Map<string, Place>();
  readonly #changed: () => void;
  #views: readonly FileView[] = [];
  #closed = false;

  /** @param changed Called after every change of `views`. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** In the order in which they came; another object after every change. */
  get views(): readonly FileView[] {
    return this.#views;
  }

  /** @param after Id of the newest chat message; null: there is none. */
  offered(file: IncomingFile, from: string, after: string | null): void {
    const id = `${file.from} ${file.fileId}`;
    const { name, size } = file;
    const view: FileView = { id, own: false, name, size, from, after, status: 'offered', bytes: 0, to: [] };
    this.#places.set(id, { view, file });
    file.on('progress', (bytes) => this.#set(id, { bytes, status: file.status }));
    file.on('ended', (status) => {
      // What is received gets its address first.
      if (status !== 'received') this.#set(id, { status });
    });
    this.#clear();
    this.#tell();
  }

  /** @param names Of those who are offered it, by peer id. */
  sent(file: OutgoingFile, names: ReadonlyMap<string, string>, after: string | null): void {
    const id = file.fileId;
    const look = (): FileView => outgoingView(file, names, after);
    this.#places.set(id, { view: look(), file });
    file.on('progress', () => this.#set(id, look()));
    file.on('ended', () => this.#set(id, look()));
    this.#clear();
    this.#tell();
  }

  /** Takes an offered file; resolves once all of it is here. @throws ParleyError as `IncomingFile.accept`. */
  async accept(id: string): Promise<void> {
    const place = this.#places.get(id);
    if (!place || !('accept' in place.file)) return;
    const taken = place.file.accept();
    this.#set(id, { status: 'receiving' });
    const blob = await taken;
    if (this.#closed || !this.#places.has(id)) return;
    // Whatever its sender calls it, this page's origin never shows it.
    const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }));
    this.#set(id, { status: 'received', bytes: place.view.size, url });
  }

  decline(id: string): void {
    const file = this.#places.get(id)?.file;
    if (file && 'decline' in file) file.decline();
  }

  cancel(id: string): void {
    this.#places.get(id)?.file.cancel();
  }

  /** Ends the transfer, and lets go of what was received. */
  forget(id: string): void {
    const place = this.#places.get(id);
    if (!place) return;
    this.#places.delete(id);
    place.file.cancel();
    if (place.view.url) URL.revokeObjectURL(place.view.url);
    this.#tell();
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const id of [...this.#places.keys()]) this.forget(id);
  }

  #set(id: string, change: Partial<FileView>): void {
    const place = this.#places.get(id);
    if (!place) return;
    place.view = { ...place.view, ...change };
    this.#tell();
  }

  #clear(): void {
    const over = [...this.#places].filter(([, { view }]) => !isUnderWay(view));
    for (const [id] of over.slice(0, Math.max(this.#places.size - MOST, 0))) this.forget(id);
  }

  #tell(): void {
    this.#views = [...this.#places.values()].map(({ view }) => view);
    if (!this.#closed) this.#changed();
  }
}

/** Whether something may still become of it. */
function isUnderWay({ status }: FileView): boolean {
  return status === 'offered' || status === 'receiving' || status === 'sending';
}
