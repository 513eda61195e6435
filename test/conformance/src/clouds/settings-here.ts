/** What the drivers are told of test/clouds. */
const ceph = (cloud: string) => ({
  conf: `/etc/ceph/${cloud}.conf`,
  user: 'cinder',
  pool: 'volumes',
  cinderHost: `${cloud}-control@rbd#rbd`,
});

export const SETTINGS_HERE: Readonly<Record<string, unknown>> = {
  'rbd-mirror': { sites: { primary: ceph('primary'), recovery: ceph('recovery') } },
};
