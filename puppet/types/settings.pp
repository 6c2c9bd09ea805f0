# @summary The settings of one section, by the names of conntrack-persist.conf(5).
type Conntrack_persist::Settings = Hash[Pattern[/\A[a-z][a-z0-9_]*\z/], Conntrack_persist::Value]
