import type { PeerState } from '../../client/lib/publicTypes.ts';
import { qualityDetail, qualityText } from '../../client/element/qualityText.ts';
import { text } from '../../client/element/text.ts';
import { QUALITY_CAUSES, type QualityCause } from '../../src/protocol/models.ts';
import type { Participant } from '../../test/support/chromium.ts';

/** What a tile says of its camera to the person who looks at it. */
export interface TileWords {
  /** The sentence on the tile itself; null where it says nothing. */
  sentence: string | null;
  /** The line of the camera in the tile's menu. */
  detail: string;
  /** Of the picture as it plays; 0 where none does. */
  lines: number;
  /** What the client was told by the server, from which the words should follow. */
  told: QualityCause | null;
}

/** What the words name: a cause, `nothing yet`, or words that name none. */
export type Named = QualityCause | 'nothing' | 'unclear';

/** Reads a tile, and its menu, which is opened for it where it is not. */
export function readTile({ page }: Participant, name: string): Promise<TileWords> {
  return page.evaluate(
    async ({ name, camera }) => {
      const { all, tile } = window.parleyTest;
      const found = tile(name);
      const root = found?.shadowRoot;
      if (!found || !root) return { sentence: null, detail: '', lines: 0, told: null };
      const menu = (): Element | undefined =>
        all('[data-role="tile-details"]').find((one) => one.closest(':popover-open') !== null);
      if (!menu()) {
        root.querySelector<HTMLElement>('.camera [data-action="tile-menu"]')?.click();
        for (let frame = 0; frame < 30 && !menu(); frame += 1) await new Promise(requestAnimationFrame);
      }
      const row = [...(menu()?.querySelectorAll('p') ?? [])].find(
        (line) => line.querySelector('b')?.textContent === camera,
      );
      const video = root.querySelector<HTMLVideoElement>('video[data-source="camera"][data-playing]');
      const { peer } = found as unknown as { peer: PeerState };
      const publication = peer.publications.find(({ source }) => source === 'camera');
      return {
        sentence: root.querySelector('.camera .why')?.textContent ?? null,
        detail: row?.textContent.replace(camera, '').trim() ?? '',
        lines: video ? Math.min(video.videoWidth, video.videoHeight) : 0,
        told: publication?.quality?.cause ?? null,
      };
    },
    { name, camera: text.camera },
  );
}

/** The words of each cause in the menu, without the lines; that a camera is off is how a person says muted. */
const words = new Map<string, QualityCause>([
  ...QUALITY_CAUSES.map((cause) => [qualityDetail(cause), cause] as const),
  [text.detailOff, 'mutedBySender'],
]);

/** The cause that a line of the menu names. */
function inDetail(detail: string): QualityCause | undefined {
  const bare = detail.replace(/^\d+p, /, '').replace(/: \D+ \d+p$/, '');
  return words.get(bare);
}

/** The cause that a tile's sentence names; the sentence may be of the connection as such instead. */
function inSentence(sentence: string): QualityCause | undefined {
  return QUALITY_CAUSES.find((cause) => {
    const known = qualityText(cause);
    return known !== null && sentence.startsWith(known);
  });
}

/** What a person reads: the sentence on the tile counts where it names a cause, and the menu must not say otherwise. */
export function namedBy({ sentence, detail }: TileWords): Named {
  const said = sentence === null ? undefined : inSentence(sentence);
  const detailed = inDetail(detail);
  if (!detailed && !said) return detail === '' && sentence === null ? 'nothing' : 'unclear';
  if (said && detailed && said !== detailed) return 'unclear';
  return said ?? detailed ?? 'nothing';
}
