import { Router } from 'express';
import type { Health } from './HealthChecks.ts';

/** `/healthz`: the process answers. `/readyz`: it can take joins. For load balancers and orchestrators. */
export function healthRoutes(health: () => Health): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', (_request, response) => {
    const state = health();
    response.status(state.ready ? 200 : 503).json(state);
  });
  return router;
}
