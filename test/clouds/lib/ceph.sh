# A one-node Ceph cluster per cloud: mon, mgr, one OSD on a sparse file.
# No kernel client, no device mapper: every user of it speaks librados/librbd.
# By hand: "ceph --cluster primary -s", "rbd --cluster recovery ls volumes".
# Sourced by up.

ceph_() { local c=$1; shift; ceph -c "$STATE/$c/ceph/ceph.conf" --keyring "$STATE/$c/ceph/keyring.client.admin" "$@"; }
rbd_()  { local c=$1; shift; rbd  -c "$STATE/$c/ceph/ceph.conf" --keyring "$STATE/$c/ceph/keyring.client.admin" "$@"; }

ceph_daemon() { # CLOUD mon|mgr|osd ID
    start "$1-ceph-$2" "ceph-$2" -f -c "$STATE/$1/ceph/ceph.conf" -i "$3" --setuser root --setgroup root
}
osd_up() { ceph_ "$1" --connect-timeout 3 osd stat | grep -q '1 up'; }

ceph_bootstrap() (
    set -e
    c=$1 d=$STATE/$1/ceph rbd='profile rbd'
    rm -rf "$d"; mkdir -p "$d/run" "$d/mon" "$d/mgr" "$d/osd"
    configure "$c" ceph.conf "$d/ceph.conf"

    ceph-authtool --create-keyring "$d/keyring.mon" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool --create-keyring "$d/keyring.client.admin" --gen-key -n client.admin \
        --cap mon 'allow *' --cap osd 'allow *' --cap mds 'allow *' --cap mgr 'allow *'
    ceph-authtool "$d/keyring.mon" --import-keyring "$d/keyring.client.admin"
    monmaptool --create --fsid "$(fsid "$c")" --addv a "[v2:$(cloud_ip "$c"):3300,v1:$(cloud_ip "$c"):6789]" "$d/monmap" --clobber
    ceph-mon -c "$d/ceph.conf" --mkfs -i a --monmap "$d/monmap" --keyring "$d/keyring.mon"
    ceph_daemon "$c" mon a
    wait_for "ceph mon $c" 60 ceph_ "$c" --connect-timeout 3 -s
    ceph_ "$c" auth get-or-create mgr.a mon 'allow profile mgr' osd 'allow *' mds 'allow *' -o "$d/mgr/keyring"

    uuid=$(cat /proc/sys/kernel/random/uuid)
    ceph_ "$c" osd new "$uuid" 0 >/dev/null
    ceph_ "$c" auth get-or-create osd.0 mon 'allow profile osd' mgr 'allow profile osd' osd 'allow *' -o "$d/osd/keyring"
    ceph-osd -c "$d/ceph.conf" -i 0 --mkfs --osd-uuid "$uuid" --keyring "$d/osd/keyring"
    ceph_daemon "$c" osd 0; ceph_daemon "$c" mgr a
    wait_for "ceph osd $c" 60 osd_up "$c"

    for p in images volumes vms; do
        ceph_ "$c" osd pool create $p 8 8 replicated
        ceph_ "$c" osd pool set $p size 1 --yes-i-really-mean-it
        ceph_ "$c" osd pool application enable $p rbd
    done
    # Glance must see into the clones of its images, else deleting an image that
    # is in use ends in 500 (permission) and not in 409
    ceph_ "$c" auth get-or-create client.glance mon "$rbd" mgr "$rbd" -o "$d/keyring.client.glance" \
        osd "profile rbd pool=images, profile rbd-read-only pool=volumes, profile rbd-read-only pool=vms"
    ceph_ "$c" auth get-or-create client.cinder mon "$rbd" mgr "$rbd" -o "$d/keyring.client.cinder" \
        osd "profile rbd pool=volumes, profile rbd pool=vms, profile rbd pool=images"
)

start_ceph() {
    local c=$1 d=$STATE/$1/ceph k
    stamp "$c-ceph" ceph_bootstrap "$c" >"$STATE/log/$c-ceph-bootstrap.log" 2>&1 || die "ceph $c (log/$c-ceph-bootstrap.log)"
    # by these names rbd --cluster, rbd-mirror and cinder-backup's os-brick find it
    mkdir -p /etc/ceph; ln -sf "$d/ceph.conf" "/etc/ceph/$c.conf"
    for k in admin cinder glance; do ln -sf "$d/keyring.client.$k" "/etc/ceph/$c.client.$k.keyring"; done
    ceph_daemon "$c" mon a; ceph_daemon "$c" mgr a; ceph_daemon "$c" osd 0
    wait_for "ceph osd $c" 90 osd_up "$c"
    wait_for "ceph $c" 60 rbd_ "$c" ls volumes
}
