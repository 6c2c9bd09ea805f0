# A Kubernetes node: kube-proxy may raise max, and containers have tables of their own beside the host's.
class { 'conntrack_persist':
  config => {
    'conntrack' => { 'max' => 524288, 'max_policy' => 'at_least' },
    'timeouts'  => { 'tcp_established' => '1d', 'tcp_close_wait' => '1h' },
    'options'   => { 'tcp_be_liberal' => true },
  },
}
