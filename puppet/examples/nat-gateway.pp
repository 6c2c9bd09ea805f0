# A NAT gateway: many clients behind one address.
class { 'conntrack_persist':
  config => {
    'conntrack' => { 'max' => 1048576 },
    'timeouts'  => { 'tcp_established' => '1d', 'tcp_time_wait' => '30s', 'udp_stream' => '60s' },
  },
}
