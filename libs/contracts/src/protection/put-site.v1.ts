import { z } from 'zod';
import { request } from '../define.ts';
import { Site, SiteName } from '../values.ts';

export const PutSite = request({
  context: 'protection',
  name: 'put-site',
  summary: 'Declare a site by its name in clouds.yaml; the credentials are tried.',
  input: z.object({ name: SiteName }),
  output: z.object({ site: Site }),
});
