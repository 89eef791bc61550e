import type { Visitor } from './visitor.ts';

/** As much of the SDK's room as tests on such a page need. */
interface SdkRoom {
  state: { peers: { name: string; peerId: string }[] };
  on(event: 'data', listener: (message: { payload: unknown }) => void): void;
  sendData(payload: unknown, options?: { topic?: string; to?: string[]; reliable?: boolean }): Promise<void>;
}

declare global {
  interface Window {
    testRoom: SdkRoom;
    received: { payload: unknown }[];
  }
}

/** Has the SDK in a page without an element, connected, as `testRoom`; data messages gather in `received`. */
export async function openSdkPage(visitor: Visitor, url: string, room: string): Promise<void> {
  await visitor.open(url);
  await visitor.run(
    async ({ url, room, name }) => {
      const { connect } = (await import(`${url}/sdk/parley.js`)) as {
        connect: (options: object) => Promise<SdkRoom>;
      };
      window.testRoom = await connect({ room, name });
      window.received = [];
      window.testRoom.on('data', (message) => window.received.push(message));
    },
    { url, room, name: visitor.person.name },
  );
}
