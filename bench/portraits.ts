/** How a drawn person and the room behind them look; colours as CSS writes them. */
export interface Portrait {
  wall: readonly [string, string];
  skin: string;
  hair: string;
  longHair: boolean;
  clothes: string;
  /** Their microphone is open, but they say nothing. */
  quiet: boolean;
}

declare global {
  interface Window {
    /** A drawn person who moves, `frames` times a second. */
    paintPortrait: (look: Portrait, frames: number) => HTMLCanvasElement;
  }
}

/** Runs in the page before anything else: its camera is a drawn portrait; `paintPortraits` has run by then. */
export function drawCamera(look: Portrait): void {
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints = {}) => {
    if (constraints.audio && look.quiet) return new AudioContext().createMediaStreamDestination().stream;
    const stream = await open(constraints);
    if (!constraints.video) return stream;
    for (const track of stream.getVideoTracks()) track.stop();
    return window.paintPortrait(look, 10).captureStream(10);
  };
}

/** Runs in the page: gives it `paintPortrait`. Everything that it needs is inside. */
export function paintPortraits(): void {
  window.paintPortrait = (look, frames) => {
    const canvas = document.createElement('canvas');
    canvas.width = 960;
    canvas.height = 540;
    draw(canvas, look);
    // A picture that never changes is never sent.
    setInterval(() => draw(canvas, look), 1000 / frames);
    return canvas;
  };

  function draw(canvas: HTMLCanvasElement, look: Portrait): void {
    const pen = canvas.getContext('2d');
    if (!pen) return;
    const { width, height } = canvas;
    const middle = width / 2 + Math.sin(performance.now() / 900) * 3;
    const wall = pen.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, look.wall[0]);
    wall.addColorStop(1, look.wall[1]);
    pen.fillStyle = wall;
    pen.fillRect(0, 0, width, height);
    // A shelf with books, and a lamp's light.
    pen.fillStyle = 'rgb(255 255 255 / 12%)';
    pen.fillRect(width * 0.06, height * 0.4, width * 0.24, 9);
    for (let book = 0; book < 7; book++) {
      const tall = 62 + ((book * 29) % 40);
      pen.fillStyle = `rgb(255 255 255 / ${10 + ((book * 17) % 14)}%)`;
      pen.fillRect(width * 0.075 + book * 27, height * 0.4 - tall, 21, tall);
    }
    const light = pen.createRadialGradient(width * 0.84, height * 0.2, 10, width * 0.84, height * 0.2, 260);
    light.addColorStop(0, 'rgb(255 240 210 / 50%)');
    light.addColorStop(1, 'rgb(255 240 210 / 0%)');
    pen.fillStyle = light;
    pen.fillRect(0, 0, width, height);

    const oval = (x: number, y: number, wide: number, high: number, colour: string): void => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.ellipse(x, y, wide, high, 0, 0, Math.PI * 2);
      pen.fill();
    };
    if (look.longHair) {
      oval(middle, 240, 122, 138, look.hair);
      pen.fillRect(middle - 122, 240, 244, 130);
    }

    pen.fillStyle = look.skin;
    pen.beginPath();
    pen.roundRect(middle - 38, 300, 76, 96, 36);
    pen.fill();
    pen.fillStyle = 'rgb(0 0 0 / 12%)';
    pen.beginPath();
    pen.roundRect(middle - 38, 300, 76, 42, 20);
    pen.fill();
    oval(middle, height + 60, 260, 224, look.clothes);
    oval(middle, 388, 46, 20, look.skin);
    oval(middle, 232, 88, 108, look.skin);
    pen.save();
    pen.beginPath();
    pen.rect(0, 0, width, 196);
    pen.clip();
    oval(middle, 216, 100, 112, look.hair);
    oval(middle + 8, 262, 84, 96, look.skin);
    pen.restore();
    for (const side of [-1, 1]) {
      oval(middle + side * 34, 232, 8, 9, '#2b2320');
      pen.fillStyle = look.hair;
      pen.fillRect(middle + side * 34 - 17, 208, 34, 6);
    }
    pen.strokeStyle = 'rgb(90 30 25 / 75%)';
    pen.lineWidth = 6;
    pen.lineCap = 'round';
    pen.beginPath();
    pen.arc(middle, 266, 30, Math.PI * 0.18, Math.PI * 0.82);
    pen.stroke();
  }
}
