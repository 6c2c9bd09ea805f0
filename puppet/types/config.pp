# @summary The configuration: sections of conntrack-persist.conf(5) with their settings.
type Conntrack_persist::Config = Hash[
  Enum['conntrack', 'timeouts', 'options', 'apply', 'disable'],
  Conntrack_persist::Settings,
]
