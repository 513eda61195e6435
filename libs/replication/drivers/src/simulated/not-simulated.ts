/** Drivers for which the simulated clouds are too little, or which have no copies that the suite could compare, and why. */
export const NOT_SIMULATED: Readonly<Record<string, string>> = {
  'rbd-mirror': 'needs two Ceph clusters that mirror each other',
  'cinder-replication': 'makes no copies; has tests of its own',
};
