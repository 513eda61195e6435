import { SiteName } from '@lifeboat/contracts';
import { illegalState } from '@lifeboat/kernel';
import { z } from 'zod';

const SHORTEST_TOKEN = 32;

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);

const isBroker = (text: string): boolean => ['amqp:', 'amqps:'].includes(URL.parse(text)?.protocol ?? '');

/** Which site it is, and from where its notifications come: brokers, HTTP, or both. */
export const bridgeSettings = {
  LIFEBOAT_SITE: SiteName,
  /** With passwords: never logged. */
  LIFEBOAT_AMQP_URLS: commaList
    .refine((urls) => urls.every(isBroker), 'has an entry that is not of the form amqp://user:password@host:port/vhost')
    .optional(),
  LIFEBOAT_AMQP_EXCHANGES: commaList.prefault('nova,neutron,cinder,glance,keystone,heat,octavia,designate,openstack'),
  LIFEBOAT_INTAKE_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  LIFEBOAT_INTAKE_TOKEN: z.string().min(SHORTEST_TOKEN, `is shorter than ${SHORTEST_TOKEN} characters`).optional(),
};

export type BridgeSettings = z.infer<z.ZodObject<typeof bridgeSettings>>;

/** What no setting shows alone. Throws `bridge-without-source` and `intake-without-token`. */
export function refuseContradictions(settings: BridgeSettings): void {
  const { LIFEBOAT_AMQP_URLS: urls = [], LIFEBOAT_INTAKE_PORT: port, LIFEBOAT_INTAKE_TOKEN: token } = settings;
  if (urls.length === 0 && port === undefined)
    throw illegalState('bridge-without-source', 'The bridge is told of nowhere that notifications come from.', {
      mend: 'Set LIFEBOAT_AMQP_URLS, or LIFEBOAT_INTAKE_PORT and LIFEBOAT_INTAKE_TOKEN.',
    });
  if (port !== undefined && token === undefined)
    throw illegalState('intake-without-token', 'LIFEBOAT_INTAKE_PORT is set and LIFEBOAT_INTAKE_TOKEN is not.', {
      mend: 'Set LIFEBOAT_INTAKE_TOKEN to a random text of 32 characters or more.',
    });
}
