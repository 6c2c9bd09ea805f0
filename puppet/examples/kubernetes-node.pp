# A Kubernetes node, with kube-proxy left on: it sets max when it starts, and with at_least a larger max of kube-proxy stays.
# On nodes with fewer than 16 processors kube-proxy lowers max: write "min: 524288" in its configuration. docs/kubernetes.md of
# conntrack-persist says when to leave kube-proxy on, and when to switch it off and set an exact max.
class { 'conntrack_persist':
  config => {
    'conntrack' => { 'max' => 524288, 'max_policy' => 'at_least' },
    'timeouts'  => { 'tcp_established' => '1d', 'tcp_close_wait' => '1h' },
  },
}
