/** A picture, and the place that it fills, in device pixels. */
export interface ShownSize {
  name: string;
  width: number;
  height: number;
  tileWidth: number;
  tileHeight: number;
}

/** Runs in the page: the others' cameras that have a place. */
export function shownSizes(): ShownSize[] {
  return window.parleyTest.all('parley-tile').flatMap((tile) => {
    const [video] = window.parleyTest.all('video[data-source="camera"]', tile.shadowRoot ?? tile);
    if (!(video instanceof HTMLVideoElement)) return [];
    const place = video.getBoundingClientRect();
    if (place.width === 0) return [];
    return {
      name: tile.getAttribute('data-peer-name') ?? '',
      width: video.videoWidth,
      height: video.videoHeight,
      tileWidth: Math.round(place.width * devicePixelRatio),
      tileHeight: Math.round(place.height * devicePixelRatio),
    };
  });
}

/** Runs in the page before anything else: whatever it shows, it says that every tile is as large as a picture can be. */
export function askForTopLayers(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its socket below
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    const isViews = typeof data === 'string' && data.includes('setViews');
    send.call(this, isViews ? data.replace(/"width":\d+,"height":\d+/g, '"width":1280,"height":720') : data);
  };
}
