# A Kubernetes node. kube-proxy is left alone: it sets max as it starts, and with at_least a larger max of kube-proxy stays.
# examples/kubernetes-node.conf of conntrack-persist says when kube-proxy lowers max, and what to write in its configuration
# then.
class { 'conntrack_persist':
  config => {
    'conntrack' => { 'max' => 524288, 'max_policy' => 'at_least' },
    'timeouts'  => { 'tcp_established' => '1d', 'tcp_close_wait' => '1h' },
  },
}
