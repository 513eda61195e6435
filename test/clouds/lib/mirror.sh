# rbd-mirror of the pool "volumes", both ways (--mirror).  The pool is in mode
# "image": nothing is mirrored until it is asked for, image by image:
#
#   rbd --cluster primary  mirror image enable   volumes/volume-UUID snapshot
#   rbd --cluster primary  mirror image snapshot volumes/volume-UUID
#   rbd --cluster recovery mirror image status   volumes/volume-UUID
#
# A volume made from an image is a clone of it; its parent lives in "images",
# which is not mirrored, so such a volume has to be flattened first.
# Sourced by up.

mirror_bootstrap() (
    set -e
    t=$STATE/shared/mirror-token
    for c in $ALL_CLOUDS; do
        rbd_ $c mirror pool enable volumes image
        ceph_ $c auth get-or-create client.rbd-mirror.a mon 'profile rbd-mirror' osd 'profile rbd' mgr 'profile rbd' \
            -o "$STATE/$c/ceph/keyring.client.rbd-mirror.a"
    done
    rbd_ primary mirror pool peer bootstrap create --site-name primary volumes >"$t"
    rbd_ recovery mirror pool peer bootstrap import --site-name recovery --direction rx-tx volumes "$t"
)

start_mirror() {
    stamp mirror mirror_bootstrap >"$STATE/log/mirror-bootstrap.log" 2>&1 || die "rbd-mirror (log/mirror-bootstrap.log)"
    local c
    for c in $CLOUDS; do
        # by cluster name: with -c it looks for its own cluster under the name "ceph"
        start "$c-rbd-mirror" rbd-mirror -f --cluster "$c" -n client.rbd-mirror.a
    done
    log "rbd-mirror up"
}
