import { Agent, request } from 'undici';
import type { SimulatedCloud } from '@lifeboat/testing';

/** One request, as the cloud remembers it. */
export interface Logged {
  readonly method: string;
  readonly path: string;
  readonly at: number;
  readonly status: number;
}

/** What the cloud was asked in a span of time. */
export async function callsIn(cloud: SimulatedCloud, from: Date, until: Date): Promise<readonly Logged[]> {
  const { requests } = await cloud.control<{ requests: readonly Logged[] }>('GET', `/requests?since=${from.getTime()}`);
  return requests.filter((one) => one.at <= until.getTime());
}

/** Reads these lists to their ends, page by page, so many at a time, parses the JSON and does nothing else; answers the seconds. */
export async function readAlone(cloud: SimulatedCloud, lists: readonly string[], atOnce: number): Promise<number> {
  const agent = new Agent({ keepAliveTimeout: 2_000 });
  try {
    const token = await tokenOf(cloud, agent);
    const began = performance.now();
    const queue = [...lists];
    const worker = async (): Promise<void> => {
      for (let list = queue.shift(); list !== undefined; list = queue.shift())
        await readList(cloud.url, list, token, agent);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return (performance.now() - began) / 1_000;
  } finally {
    await agent.close();
  }
}

async function readList(url: string, list: string, token: string, dispatcher: Agent): Promise<void> {
  const headers = {
    'x-auth-token': token,
    ...(list.startsWith('/compute') && { 'openstack-api-version': 'compute 2.93' }),
    ...(list.startsWith('/volume') && { 'openstack-api-version': 'volume 3.70' }),
  };
  for (let path: string | undefined = list; path !== undefined;) {
    const answer = await request(`${url}${path}`, { dispatcher, headers });
    path = nextOf(JSON.parse(await answer.body.text()) as Record<string, unknown>);
  }
}

function nextOf(page: Record<string, unknown>): string | undefined {
  const key = Object.keys(page).find((one) => one.endsWith('_links'));
  const links = (key === undefined ? [] : page[key]) as readonly { readonly rel: string; readonly href: string }[];
  const next = links.find(({ rel }) => rel === 'next')?.href;
  if (next === undefined) return undefined;
  const { pathname, search } = new URL(next);
  return `${pathname}${search}`;
}

async function tokenOf(cloud: SimulatedCloud, dispatcher: Agent): Promise<string> {
  const auth = cloud.admin.auth as { readonly username: string; readonly password: string };
  const answer = await request(`${cloud.url}/identity/v3/auth/tokens`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: auth.username, password: auth.password, domain: { name: 'Default' } } },
        },
        scope: { project: { name: 'demo', domain: { name: 'Default' } } },
      },
    }),
  });
  await answer.body.text();
  return String(answer.headers['x-subject-token']);
}
