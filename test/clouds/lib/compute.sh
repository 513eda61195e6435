# The "hypervisor host" of a cloud: a network namespace and a mount namespace
# holding libvirtd, nova-compute and the Neutron agents.  Two clouds on one
# kernel would otherwise fight for /run/libvirt, for iptables chains, for
# bridge and tap devices, and could not both use 10.0.0.0/24.  Sourced by up.

# What the namespace needs from the host's loopback.
FORWARD="5672 11211 $API_PORTS $CEPH_PORTS"

start_namespace() {
    local c=$1 ns=cloud-$1 ext d=$STATE/$1/libvirt; ext=$(cloud_ext "$c")
    [ -e /run/netns/$ns ] || ip netns add "$ns"
    ip -n "$ns" link set lo up
    # 127.0.0.0/8 is all local, but only .1 is assigned; be explicit
    ip -n "$ns" addr add "$(cloud_ip "$c")/8" dev lo 2>/dev/null
    # ext0 is the provider network's interface; the host's end is its gateway
    if ! ip link show "ext-$c" >/dev/null 2>&1; then
        ip link add "ext-$c" type veth peer name ext0 netns "$ns" || die "no veth pair for $c"
        ip addr add "$ext.1/24" dev "ext-$c"
    fi
    ip link set "ext-$c" up; ip -n "$ns" link set ext0 up
    # VXLAN needs a local address on some device
    if ! ip -n "$ns" link show tun0 >/dev/null 2>&1; then
        ip -n "$ns" link add tun0 type veth peer name tun1
        ip -n "$ns" addr add 169.254.77.1/24 dev tun0
        ip -n "$ns" link set tun0 up; ip -n "$ns" link set tun1 up
    fi
    ip netns exec "$ns" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 2>/dev/null

    if ! running "$c-ns"; then
        # run and netns are what a reboot would have emptied
        rm -rf "$d/run" "$d/netns" "$d/ready"; mkdir -p "$d"/{run,lib,log,cache,etc,netns}
        cp -r /etc/libvirt/. "$d/etc/"; rm -rf "$d/etc/qemu/autostart" "$d/etc/qemu/networks/autostart"
        cp "$STATE/$c/etc/libvirt/"*.conf "$d/etc/"
        # One holder process keeps the mount namespace; everything else of
        # this cloud's host enters it with nsenter.
        start "$c-ns" ip netns exec "$ns" unshare -m --propagation private sh -c "
            mkdir -p /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
            mount --bind $d/run   /run/libvirt      && mount --bind $d/lib   /var/lib/libvirt &&
            mount --bind $d/log   /var/log/libvirt  && mount --bind $d/cache /var/cache/libvirt &&
            mount --bind $d/etc   /etc/libvirt      && mount --bind $d/netns /run/netns &&
            mount --make-shared /run/netns &&
            touch $d/ready && exec sleep infinity"
        wait_for "namespace $c" 10 test -e "$d/ready"
    fi
    start "$c-forward" $PY "$HERE/tools/ns-forward" "$ns" "$(cloud_ip "$c")" $FORWARD
}

# start_in CLOUD NAME CMD...
start_in() { local c=$1 n=$2; shift 2; start "$c-$n" nsenter -m -n -t "$(pid_of "$c-ns")" -- "$@"; }

start_agents() {
    local c=$1 e=$STATE/$1/etc/neutron a
    for a in linuxbridge dhcp l3; do
        start_in "$c" "neutron-$a-agent" neutron-$a-agent --config-file "$e/neutron.conf" --config-file "$e/${a}_agent.ini"
    done
}

start_libvirt() {
    local c=$1 sock=$STATE/$1/libvirt/run/libvirt-sock
    # the pid file's default is /run/libvirtd.pid, which both would share
    start_in "$c" libvirtd libvirtd -p "$STATE/$c/libvirt/run/libvirtd.pid"
    wait_for "libvirtd $c" 60 test -S "$sock"
    local uri="qemu+unix:///system?socket=$sock" xml=$STATE/$c/libvirt/secret.xml
    echo "<secret ephemeral='no' private='no'><uuid>$(fsid "$c")</uuid><usage type='ceph'><name>client.cinder $c</name></usage></secret>" >"$xml"
    wait_for "libvirt's secret of $c" 30 virsh -c "$uri" secret-define "$xml"
    virsh -c "$uri" secret-set-value "$(fsid "$c")" --base64 \
        "$(ceph-authtool -p -n client.cinder "$STATE/$c/ceph/keyring.client.cinder")" >/dev/null 2>&1 || die "libvirt's secret of $c"
}

start_compute() {
    start_libvirt "$1"
    start_in "$1" nova-compute nova-compute --config-file "$STATE/$1/etc/nova/nova-compute.conf"
}

# nova-compute gives up when its first call to Keystone or Placement fails
usable() {
    running "$1-nova-compute" || { start_in "$1" nova-compute nova-compute --config-file "$STATE/$1/etc/nova/nova-compute.conf"; return 1; }
    defaults "$1" check
}
