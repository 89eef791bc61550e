import compression from 'compression';
import express, { type Express, type Router } from 'express';
import helmet from 'helmet';
import type { Logger } from '../support/logger.ts';
import { answerNotFound, errorHandler } from './errorHandler.ts';
import type { Health } from './HealthChecks.ts';
import { healthRoutes } from './healthRoutes.ts';
import { isFramePage, pageRoutes } from './pageRoutes.ts';
import { requestLog } from './requestLog.ts';

export interface HttpAppOptions {
  /** The client's build: `index.html`, `room.html`, `frame.html`, `embed.js`, `sdk/`, `assets/`. */
  staticDir: string;
  /** Whether the page is served over TLS, by this process or a proxy. */
  secure: boolean;
  /** Express `trust proxy`: false, or how many proxies stand in front. */
  trustProxy: boolean | number;
  /** Of pages that may have a room in a frame besides the server's own, or `*`; default: none. */
  embedOrigins?: readonly string[];
  health: () => Health;
  /** What other systems use: APIs, and ways in for media. */
  doors: readonly Router[];
  logger: Logger;
}

/** Everything that is served over HTTP. */
export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.set('trust proxy', options.trustProxy);
  app.set('x-powered-by', false);
  app.use(requestLog(options.logger));
  // Probes come often and need no headers for browsers.
  app.use(healthRoutes(options.health));
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          // Lit falls back to style elements where constructable style sheets are not to be had.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:', 'blob:'],
          mediaSrc: ["'self'", 'blob:', 'mediastream:'],
          connectSrc: ["'self'", 'ws:', 'wss:'],
          workerSrc: ["'self'", 'blob:'],
          // A person's own page may have the page that is made for it in a frame, and no other.
          frameAncestors: [
            "'self'",
            (request) => (isFramePage(request.url) ? (options.embedOrigins ?? []).join(' ') : ''),
          ],
          upgradeInsecureRequests: null,
        },
      },
      strictTransportSecurity: options.secure,
      frameguard: false,
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: { policy: 'same-origin' },
    }),
  );
  app.use((_request, response, next) => {
    response.set(
      'Permissions-Policy',
      'camera=*, microphone=*, display-capture=*, autoplay=*, geolocation=()',
    );
    next();
  });
  app.use(compression());
  for (const door of options.doors) app.use(door);
  app.use(pageRoutes(options.staticDir));
  app.use(answerNotFound);
  app.use(errorHandler(options.logger));
  return app;
}
