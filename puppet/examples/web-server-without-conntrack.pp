# A web server whose rules need no connection state: nf_conntrack is kept off, unless something uses it now.
class { 'conntrack_persist':
  config => {
    'conntrack' => { 'mode' => 'disable' },
  },
}
