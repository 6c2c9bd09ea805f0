# @summary Holds the sizes and timeouts of connection tracking through every load of nf_conntrack.
#
# One resource does it all, so that a run with --noop tells exactly what a run without it does: the
# configuration, the files of the program and the values of the running kernel.
#
# @example A NAT gateway
#   class { 'conntrack_persist':
#     config => { 'conntrack' => { 'max' => 1048576 }, 'timeouts' => { 'tcp_established' => '1d' } },
#   }
#
# @param ensure
#   present: in order, at each run; absent: nothing of it is left, the configuration that Puppet wrote included.
# @param config
#   Sections of conntrack-persist.conf(5) with their settings, for /etc/conntrack-persist.conf. A setting that is left
#   out is left alone, the sizes too. undef: that file is somebody else's to write. Drop-ins in /etc/conntrack-persist.conf.d count besides.
# @param force
#   Replace files that somebody else wrote or edited, keeping a copy, and keep nf_conntrack off although it is in use.
# @param strict
#   Whether the resource fails if everything is installed and a value is not held all the same, because another program
#   overrides it for instance. With false each override is a warning.
# @param live
#   Whether to set the values in the running kernel. With false only the files are written.
# @param restore_live
#   With absent, whether the running kernel gets the values again that were live before the first installation.
# @param package_manage
#   Whether the program comes from a package that this class installs, and removes.
# @param package_name
#   The name of that package.
# @param package_ensure
#   What it shall be: installed, latest, or a version.
class conntrack_persist (
  Enum['present', 'absent'] $ensure,
  Optional[Conntrack_persist::Config] $config,
  Boolean $force,
  Boolean $strict,
  Boolean $live,
  Boolean $restore_live,
  Boolean $package_manage,
  String[1] $package_name,
  String[1] $package_ensure,
) {
  $text = $config ? {
    undef   => undef,
    default => epp('conntrack_persist/conntrack-persist.conf.epp', { 'config' => $config }),
  }

  conntrack_persist { 'conntrack-persist':
    ensure       => $ensure,
    config       => $text,
    force        => $force,
    strict       => $strict,
    live         => $live,
    restore_live => $restore_live,
  }

  if $package_manage {
    $wanted = $ensure ? {
      'present' => $package_ensure,
      default   => 'absent',
    }
    package { $package_name:
      ensure => $wanted,
    }
    # What the program wrote is taken away by the program.
    if $ensure == 'present' {
      Package[$package_name] -> Conntrack_persist['conntrack-persist']
    } else {
      Conntrack_persist['conntrack-persist'] -> Package[$package_name]
    }
  }
}
