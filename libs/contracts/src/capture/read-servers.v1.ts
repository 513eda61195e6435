import { z } from 'zod';
import { request } from '../define.ts';
import { NamedServer, SiteName } from '../values.ts';

export const ReadServers = request({
  context: 'capture',
  name: 'read-servers',
  summary: "A group's own servers at its primary, as last seen; from the store, without a call to the site.",
  input: z.object({ groupId: z.string() }),
  output: z.object({ site: SiteName, servers: z.array(NamedServer) }),
});
